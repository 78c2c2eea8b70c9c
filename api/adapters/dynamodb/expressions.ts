import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "./keys.ts";

/** `SET … REMOVE …` of whole attributes, and the values that it refers to. */
export function updateExpression(set: Item, remove: readonly string[]): { expression: string; values: Item } {
  const names = Object.keys(set);
  const values: Item = Object.fromEntries(
    Object.entries(set).map(([name, value]): [string, AttributeValue] => [`:set_${name}`, value]),
  );
  const clauses = [
    names.length > 0 && `SET ${names.map((name) => `#${name} = :set_${name}`).join(", ")}`,
    remove.length > 0 && `REMOVE ${remove.map((name) => `#${name}`).join(", ")}`,
  ];
  return { expression: clauses.filter(Boolean).join(" "), values };
}

/** Every attribute is named by a placeholder: DynamoDB reserves `size`, `status`, `ttl` and hundreds of other words. */
export function namesIn(...expressions: string[]): Record<string, string> {
  const placeholders = expressions.flatMap((expression) => expression.match(/#\w+/g) ?? []);
  return Object.fromEntries(placeholders.map((placeholder) => [placeholder, placeholder.slice(1)]));
}

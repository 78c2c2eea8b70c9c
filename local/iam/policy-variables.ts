import type { ConditionLookup } from "./condition-context.ts";
import { type anyOne, type anyRun, compilePattern, type Pattern } from "./match.ts";

const specials: Readonly<Record<string, string>> = { "*": "*", "?": "?", $: "$" };
const variable = /\$\{([^}]*)\}/g;
const withDefault = /^\s*([^,\s]+)\s*,\s*'([^']*)'\s*$/;

/**
 * Puts what the request says in place of `${aws:username}` and its like, as plain characters: a caller who is named `*`
 * gains nothing. Undefined when the request does not say, whereupon the whole statement does not apply.
 */
export function resolvePattern(text: string, lookup: ConditionLookup): Pattern | undefined {
  const tokens: (string | typeof anyRun | typeof anyOne)[] = [];
  let end = 0;
  for (const match of text.matchAll(variable)) {
    const value = resolveVariable(match[1] ?? "", lookup);
    if (value === undefined) return undefined;
    tokens.push(...compilePattern(text.slice(end, match.index)), ...value);
    end = match.index + match[0].length;
  }
  return [...tokens, ...compilePattern(text.slice(end))];
}

/** The same for operators that know no wildcards. */
export function resolveText(text: string, lookup: ConditionLookup): string | undefined {
  let unresolved = false;
  const resolved = text.replace(variable, (_, expression: string) => {
    const value = resolveVariable(expression, lookup);
    unresolved ||= value === undefined;
    return value ?? "";
  });
  return unresolved ? undefined : resolved;
}

function resolveVariable(expression: string, lookup: ConditionLookup): string | undefined {
  const special = specials[expression];
  if (special !== undefined) return special;
  const [, key = expression.trim(), fallback] = withDefault.exec(expression) ?? [];
  const values = lookup(key);
  return values?.length === 1 ? values[0] : fallback;
}

import type { ConditionContext } from "./types.ts";

/** The values of a condition key, found without regard to case; undefined when the request has none. */
export type ConditionLookup = (key: string) => readonly string[] | undefined;

/** Later contexts win over earlier ones, also where they say that a key is absent. */
export function conditionLookup(...contexts: readonly ConditionContext[]): ConditionLookup {
  const values = new Map<string, readonly string[]>();
  for (const context of contexts) {
    for (const [key, value] of Object.entries(context)) {
      if (value === undefined) values.delete(key.toLowerCase());
      else values.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
    }
  }
  return (key) => values.get(key.toLowerCase());
}

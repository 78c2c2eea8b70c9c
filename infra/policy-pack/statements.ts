import { isObject, listAt } from "./control.ts";

type Statement = Readonly<Record<string, unknown>>;

/** The statements of a policy, which is a document or its text. */
export function statementsOf(policy: unknown): readonly Statement[] {
  const document: unknown = typeof policy === "string" ? JSON.parse(policy) : policy;
  return listAt(document, "Statement").filter(isObject);
}

/** Whether a statement lets in anybody at all: no principal is named, and no condition that confines who comes. */
export function isPublic(statement: Statement): boolean {
  return statement.Effect === "Allow" && isForAnybody(statement) && !isConfined(statement);
}

export function isForAnybody({ Principal, NotPrincipal }: Statement): boolean {
  return NotPrincipal !== undefined || Principal === "*" || listAt(Principal, "AWS").includes("*");
}

/** Whether a statement speaks of one of these actions at least. */
export function concerns(statement: Statement, actions: readonly string[]): boolean {
  if (statement.NotAction !== undefined) return true;
  return listAt(statement, "Action").some((pattern) => actions.some((action) => matches(String(pattern), action)));
}

const confiningOperators = ["stringequals", "stringlike", "arnequals", "arnlike"];
const confiningKeys = [
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principalorgid",
  "kms:calleraccount",
];

/** Security Hub takes no value with a wildcard or a variable in it for a bound. */
function isConfined(statement: Statement): boolean {
  return conditionsOf(statement).some(
    ({ operator, key, values }) =>
      confiningOperators.includes(operator) &&
      confiningKeys.includes(key) &&
      values.every((value) => !/[*?]|\$\{/.test(value)),
  );
}

/** A statement's conditions, each with its operator and key in lower case, which AWS does not tell apart. */
export function conditionsOf({ Condition }: Statement) {
  return entriesOf(Condition).flatMap(([operator, keys]) =>
    entriesOf(keys).map(([key, values]) => ({
      operator: operator.toLowerCase(),
      key: key.toLowerCase(),
      values: [values].flat().map(String),
    })),
  );
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function matches(pattern: string, action: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i").test(action);
}

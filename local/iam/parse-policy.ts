import { parseOperator } from "./conditions.ts";
import { PolicyError } from "./policy-error.ts";
import type { OneOrMany, PolicyDocument, PolicyStatement } from "./types.ts";

/** An identity's policy, a resource's own, or a role's trust policy: they differ in what a statement must name. */
export type PolicyKind = "identity" | "resource" | "trust";

type Json = Readonly<Record<string, unknown>>;
type Conditions = NonNullable<PolicyStatement["Condition"]>;

const principalTypes = ["AWS", "Service", "Federated", "CanonicalUser"];

/** Reads a policy, as JSON text or already read; throws PolicyError for what IAM would refuse or the evaluator does not know. */
export function parsePolicy(source: unknown, kind: PolicyKind): PolicyDocument {
  const document = asObject(typeof source === "string" ? parseJson(source) : source, "A policy");
  onlyElements(document, ["Version", "Id", "Statement"], "A policy");
  if (document.Version !== "2012-10-17") {
    throw new PolicyError(`A policy needs "Version": "2012-10-17", not ${JSON.stringify(document.Version)}.`);
  }
  const statements = [document.Statement].flat();
  return {
    Version: document.Version,
    ...(document.Id !== undefined && { Id: asString(document.Id, "Id") }),
    Statement: statements.map((statement) => parseStatement(asObject(statement, "A statement"), kind)),
  };
}

function parseStatement(statement: Json, kind: PolicyKind): PolicyStatement {
  const where = typeof statement.Sid === "string" ? `The statement ${statement.Sid}` : "A statement";
  onlyElements(
    statement,
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"],
    where,
  );
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") {
    throw new PolicyError(`${where} needs an Effect of Allow or Deny, not ${JSON.stringify(statement.Effect)}.`);
  }
  requireOne(statement, ["Action", "NotAction"], true, where);
  requireOne(statement, ["Resource", "NotResource"], kind !== "trust", where);
  requireOne(statement, ["Principal", "NotPrincipal"], kind !== "identity", where);
  if (statement.NotPrincipal !== undefined && statement.Effect === "Allow") {
    throw new PolicyError(
      `${where} allows all but NotPrincipal, which includes everyone on the internet; name a Principal.`,
    );
  }
  return {
    Effect: statement.Effect,
    ...optional("Sid", statement.Sid, asString),
    ...optional("Principal", statement.Principal, asPrincipal),
    ...optional("NotPrincipal", statement.NotPrincipal, asPrincipal),
    ...optional("Action", statement.Action, asActions),
    ...optional("NotAction", statement.NotAction, asActions),
    ...optional("Resource", statement.Resource, asStrings),
    ...optional("NotResource", statement.NotResource, asStrings),
    ...optional("Condition", statement.Condition, asConditions),
  };
}

function onlyElements(value: Json, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new PolicyError(`${where} has the unknown element ${unknown}; known are ${known.join(", ")}.`);
}

function requireOne(statement: Json, names: readonly [string, string], required: boolean, where: string): void {
  const count = names.filter((name) => statement[name] !== undefined).length;
  if (required && count !== 1) throw new PolicyError(`${where} needs exactly one of ${names.join(" and ")}.`);
  if (!required && count !== 0)
    throw new PolicyError(`${where} may not have ${names.join(" or ")} in this kind of policy.`);
}

function optional<N extends string, T>(name: N, value: unknown, parse: (value: unknown, name: string) => T) {
  return (value === undefined ? {} : { [name]: parse(value, name) }) as { readonly [K in N]?: T };
}

function asPrincipal(value: unknown, name: string): "*" | Readonly<Record<string, OneOrMany<string>>> {
  if (value === "*") return value;
  const principals = asObject(value, name);
  onlyElements(principals, principalTypes, name);
  return Object.fromEntries(Object.entries(principals).map(([type, ids]) => [type, asStrings(ids, `${name}.${type}`)]));
}

function asActions(value: unknown, name: string): string[] {
  const actions = asStrings(value, name);
  const odd = actions.find((action) => action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(action));
  if (odd !== undefined)
    throw new PolicyError(`${name} has ${JSON.stringify(odd)}, which is not of the form service:Operation.`);
  return actions;
}

function asConditions(value: unknown, name: string): Conditions {
  const operators = Object.entries(asObject(value, name)).map(([operator, keys]) => {
    parseOperator(operator);
    const wanted = Object.entries(asObject(keys, operator)).map(([key, values]) => [
      key,
      asValues(values, `${operator}.${key}`),
    ]);
    return [operator, Object.fromEntries(wanted)];
  });
  return Object.fromEntries(operators);
}

function asValues(value: unknown, name: string): (string | boolean | number)[] {
  return [value].flat().map((one) => {
    if (typeof one === "string" || typeof one === "boolean" || typeof one === "number") return one;
    throw new PolicyError(`${name} needs strings, numbers or booleans.`);
  });
}

function asStrings(value: unknown, name: string): string[] {
  const values = [value].flat();
  if (values.length === 0) throw new PolicyError(`${name} is empty.`);
  return values.map((one) => asString(one, name));
}

function asString(value: unknown, name: string): string {
  if (typeof value !== "string") throw new PolicyError(`${name} needs a string, not ${typeof value}.`);
  return value;
}

function asObject(value: unknown, name: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PolicyError(`${name} needs an object.`);
  return { ...value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError("The policy is not valid JSON.");
  }
}

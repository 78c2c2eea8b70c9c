import { Value } from "typebox/value";
import { checkCondition } from "./conditions.ts";
import { PolicyError } from "./policy-error.ts";
import { PolicySchema, policyFault } from "./policy-schema.ts";
import type { PolicyDocument, PolicyStatement } from "./types.ts";

/** An identity's policy, a resource's own, or a role's trust policy: they differ in what a statement must name. */
export type PolicyKind = "identity" | "resource" | "trust";

const requirements: Readonly<Record<PolicyKind, { readonly principal: boolean; readonly resource: boolean }>> = {
  identity: { principal: false, resource: true },
  resource: { principal: true, resource: true },
  trust: { principal: true, resource: false },
};

/** Reads a policy, as JSON text or already read; throws PolicyError for what IAM would refuse or the evaluator does not know. */
export function parsePolicy(source: unknown, kind: PolicyKind): PolicyDocument {
  const document = withStatementList(typeof source === "string" ? parseJson(source) : source);
  if (!Value.Check(PolicySchema, document)) throw new PolicyError(`The policy is malformed: ${policyFault(document)}.`);
  document.Statement.forEach((statement, index) => {
    const fault = faultOf(statement, kind);
    if (fault) throw new PolicyError(`The statement ${statement.Sid ?? index} of the ${kind} policy ${fault}.`);
  });
  return document;
}

function faultOf(statement: PolicyStatement, kind: PolicyKind): string | undefined {
  const { principal, resource } = requirements[kind];
  const count = (...elements: readonly unknown[]) => elements.filter((element) => element !== undefined).length;
  if (count(statement.Action, statement.NotAction) !== 1) return "needs either Action or NotAction";
  if (count(statement.Resource, statement.NotResource) !== Number(resource)) {
    return resource ? "needs either Resource or NotResource" : "may not have Resource or NotResource";
  }
  if (count(statement.Principal) !== Number(principal)) {
    return principal ? "needs a Principal" : "may not have a Principal";
  }
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) checkCondition(operator, key, wanted);
  }
  return undefined;
}

/** IAM takes a single statement without its list. */
function withStatementList(document: unknown): unknown {
  if (typeof document !== "object" || document === null || !("Statement" in document)) return document;
  return { ...document, Statement: [document.Statement].flat() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError("The policy is not valid JSON.");
  }
}

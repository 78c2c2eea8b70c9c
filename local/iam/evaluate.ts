import { type ConditionLookup, conditionLookup } from "./condition-context.ts";
import { conditionsHold } from "./conditions.ts";
import { matchesPattern, matchesText } from "./match.ts";
import { resolvePattern } from "./policy-variables.ts";
import { principalContext } from "./principal-context.ts";
import { type Reach, reachOf } from "./principals.ts";
import type { AccessDecision, AccessRequest, PolicyDocument, PolicyStatement } from "./types.ts";

/** The policies that bear on a caller, apart from the resource's own. */
export interface CallerPolicies {
  readonly identity: readonly PolicyDocument[];
  /** Caps what `identity` and the resource's policy grant; grants nothing. */
  readonly boundary?: PolicyDocument | undefined;
  /** Together cap the session, when there are any. */
  readonly session: readonly PolicyDocument[];
}

/** What a resource's policy says of a request; `delegates` leaves it to the account's own policies. */
type ResourceVerdict = "denies" | "allows-session" | "allows-identity" | "delegates" | "silent";

const noPolicies: CallerPolicies = { identity: [], session: [] };

/**
 * Decides as IAM does within one account: an explicit deny anywhere wins; else an identity-based or a resource-based
 * policy must allow, and the boundary and the session policies too.
 */
export function evaluate(request: AccessRequest, policies: CallerPolicies = noPolicies): AccessDecision {
  const lookup = conditionLookup(request.context, principalContext(request.principal));
  const kinds = Object.entries({
    "identity-based policy": policies.identity,
    "permissions boundary": policies.boundary ? [policies.boundary] : [],
    "session policy": policies.session,
  });
  const denying = kinds.find(([, documents]) => documents.some((document) => says("Deny", document, request, lookup)));
  if (denying) return deny(request, `the ${denying[0]} denies`);
  const verdict = resourceVerdict(request, lookup);
  if (verdict === "denies") return deny(request, "the resource-based policy denies");
  if (request.resourcePolicyMustAllow && verdict === "silent") {
    return deny(request, "the resource-based policy does not allow");
  }
  // IAM exempts a grant to the very session from the caps, since whoever made it knew the session.
  if (verdict === "allows-session") return allow(request, "the resource-based policy");

  const grantedByIdentity = policies.identity.some((document) => says("Allow", document, request, lookup));
  if (!grantedByIdentity && verdict !== "allows-identity") {
    const missing = request.resourcePolicy
      ? "neither an identity-based nor the resource-based policy allows"
      : "no identity-based policy allows";
    return deny(request, missing);
  }
  if (policies.boundary && !says("Allow", policies.boundary, request, lookup)) {
    return deny(request, "the permissions boundary does not allow");
  }
  if (policies.session.length > 0 && !policies.session.some((document) => says("Allow", document, request, lookup))) {
    return deny(request, "no session policy allows");
  }
  return allow(request, grantedByIdentity ? "an identity-based policy" : "the resource-based policy");
}

function resourceVerdict(request: AccessRequest, lookup: ConditionLookup): ResourceVerdict {
  const { resourcePolicy, principal } = request;
  if (!resourcePolicy) return "silent";
  const applying = resourcePolicy.Statement.map((statement) => ({
    effect: statement.Effect,
    reach: reachOf(statement, principal),
    statement,
  }))
    .filter(({ reach }) => reach !== "none")
    .filter(({ statement }) => applies(statement, request, lookup));
  if (applying.some(({ effect }) => effect === "Deny")) return "denies";
  const reaches = new Set<Reach>(applying.map(({ reach }) => reach));
  if (reaches.has("session")) return "allows-session";
  if (reaches.has("identity")) return "allows-identity";
  return reaches.has("account") ? "delegates" : "silent";
}

function says(
  effect: PolicyStatement["Effect"],
  document: PolicyDocument,
  request: AccessRequest,
  lookup: ConditionLookup,
): boolean {
  return document.Statement.some((statement) => statement.Effect === effect && applies(statement, request, lookup));
}

function applies(statement: PolicyStatement, { action, resource }: AccessRequest, lookup: ConditionLookup): boolean {
  return (
    covers(statement.Action, statement.NotAction, (pattern) =>
      matchesText(pattern.toLowerCase(), action.toLowerCase()),
    ) &&
    coversResource(statement, resource, lookup) &&
    conditionsHold(statement.Condition, lookup)
  );
}

function coversResource(statement: PolicyStatement, resource: string, lookup: ConditionLookup): boolean {
  const listed = [statement.Resource ?? statement.NotResource ?? "*"]
    .flat()
    .map((pattern) => resolvePattern(pattern, lookup));
  if (statement.NotResource !== undefined) {
    return listed.every((pattern) => pattern !== undefined && !matchesPattern(pattern, resource));
  }
  return listed.some((pattern) => pattern !== undefined && matchesPattern(pattern, resource));
}

function covers(
  listed: PolicyStatement["Action"],
  excepted: PolicyStatement["NotAction"],
  matches: (pattern: string) => boolean,
): boolean {
  return excepted === undefined ? [listed ?? []].flat().some(matches) : ![excepted].flat().some(matches);
}

function allow(request: AccessRequest, by: string): AccessDecision {
  return { allowed: true, reason: `${by} allows ${request.action}` };
}

function deny(request: AccessRequest, why: string): AccessDecision {
  return { allowed: false, reason: `${why} ${request.action} on ${request.resource}` };
}

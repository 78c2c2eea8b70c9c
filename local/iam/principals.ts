import type { PolicyStatement, Principal } from "./types.ts";

/**
 * How a statement's Principal reaches a caller: as the very session, as its role or identity, or through its account,
 * which lets the account's own policies decide but grants nothing by itself.
 */
export type Reach = "session" | "identity" | "account" | "none";

/** A star counts only when it stands alone: IAM knows no other wildcard in a Principal. */
export function reachOf({ Principal: element }: PolicyStatement, principal: Principal): Reach {
  if (element === undefined) return "none";
  if (element === "*") return "identity";
  const aws = [element.AWS ?? []].flat();
  if (aws.includes("*")) return "identity";
  switch (principal.kind) {
    case "anonymous":
      return "none";
    case "service":
      return [element.Service ?? []].flat().includes(principal.service) ? "identity" : "none";
    case "federated":
      return [element.Federated ?? []].flat().includes(principal.provider) ? "identity" : "none";
    case "admin":
      return aws.includes(principal.arn) ? "identity" : reachOfAccount(aws, principal.accountId);
    case "role":
      if (aws.includes(principal.arn)) return "session";
      return aws.includes(principal.roleArn) ? "identity" : reachOfAccount(aws, principal.accountId);
  }
}

function reachOfAccount(aws: readonly string[], accountId: string): Reach {
  return aws.some((id) => id === accountId || id === `arn:aws:iam::${accountId}:root`) ? "account" : "none";
}

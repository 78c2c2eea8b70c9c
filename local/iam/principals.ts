import type { PolicyStatement, Principal } from "./types.ts";

/**
 * How a statement of a resource policy reaches a caller: as the very session, as its role or identity, or through its
 * account, which lets the account's own policies decide but grants nothing by itself.
 */
export type Reach = "session" | "identity" | "account" | "none";

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
    case "admin":
      if (aws.includes(principal.arn)) return "identity";
      return aws.some((id) => isAccount(id, principal.accountId)) ? "account" : "none";
    case "role":
      if (aws.includes(principal.arn)) return "session";
      if (aws.includes(principal.roleArn)) return "identity";
      return aws.some((id) => isAccount(id, principal.accountId)) ? "account" : "none";
  }
}

function isAccount(id: string, accountId: string): boolean {
  return id === accountId || id === `arn:aws:iam::${accountId}:root`;
}

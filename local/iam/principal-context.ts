import type { ConditionContext, Principal } from "./types.ts";

/** Keys that only a principal of another kind has: unset here, lest a request set them. */
const nobody = {
  "aws:PrincipalArn": undefined,
  "aws:PrincipalAccount": undefined,
  "aws:PrincipalServiceName": undefined,
  "aws:FederatedProvider": undefined,
  "aws:userid": undefined,
  "aws:username": undefined,
} satisfies ConditionContext;

/** The condition keys that say who calls. They come from the verified signature, so nothing a request says outweighs them. */
export function principalContext(principal: Principal): ConditionContext {
  switch (principal.kind) {
    case "anonymous":
      return { ...nobody, "aws:PrincipalType": "Anonymous", "aws:PrincipalIsAWSService": "false" };
    case "service":
      return {
        ...nobody,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": principal.service,
        "aws:SourceArn": principal.sourceArn,
        "aws:SourceAccount": principal.accountId,
      };
    case "federated":
      return { ...nobody, "aws:FederatedProvider": principal.provider, "aws:PrincipalIsAWSService": "false" };
    case "admin":
      return {
        ...nobody,
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.accountId,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalType": "User",
        "aws:userid": principal.userId,
        "aws:username": principal.arn.slice(principal.arn.lastIndexOf("/") + 1),
      };
    case "role":
      return {
        ...principal.sessionContext,
        ...nobody,
        // For a session this key holds the role, so that a policy need not know the session's name.
        "aws:PrincipalArn": principal.roleArn,
        "aws:PrincipalAccount": principal.accountId,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalType": "AssumedRole",
        "aws:FederatedProvider": principal.sessionContext?.["aws:FederatedProvider"],
        "aws:userid": principal.userId,
      };
  }
}

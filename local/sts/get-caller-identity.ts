import { AwsError } from "../gateway/protocols.ts";
import type { AwsCall } from "../service.ts";

/** Needs no permission: whoever holds a key may ask whose it is. */
export async function getCallerIdentity({ principal }: AwsCall) {
  if (!("arn" in principal)) {
    throw new AwsError("AccessDenied", 403, "Only an identity of the account can ask who it is.");
  }
  return { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId };
}

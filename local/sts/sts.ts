import { queryApi } from "../gateway/protocols.ts";
import type { Account } from "../iam/account.ts";
import type { AwsApi } from "../service.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

/** The Security Token Service of one account. */
export function createSts(account: Account): AwsApi {
  return queryApi({
    service: "sts",
    xmlns: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: {
      AssumeRole: (parameters, call) => assumeRole(account, parameters, call),
      GetCallerIdentity: (_, call) => getCallerIdentity(call),
    },
  });
}

import { type JsonOperation, jsonApi } from "../../gateway/protocols.ts";
import type { AwsApi } from "../../service.ts";
import type { Identity } from "../identity.ts";
import { adminCreateUser } from "./admin-create-user.ts";
import { adminGetUser } from "./admin-get-user.ts";
import { adminAddUserToGroup, adminRemoveUserFromGroup } from "./admin-group-membership.ts";
import { adminSetUserPassword } from "./admin-set-user-password.ts";
import { associateSoftwareToken } from "./associate-software-token.ts";
import { changePassword } from "./change-password.ts";
import { confirmSignUp } from "./confirm-sign-up.ts";
import { describeUserPool } from "./describe-user-pool.ts";
import { describeUserPoolClient } from "./describe-user-pool-client.ts";
import { getUser } from "./get-user.ts";
import { globalSignOut } from "./global-sign-out.ts";
import { initiateAuth } from "./initiate-auth.ts";
import { listUsers } from "./list-users.ts";
import type { OperationOf } from "./operation.ts";
import { resendConfirmationCode } from "./resend-confirmation-code.ts";
import { respondToAuthChallenge } from "./respond-to-auth-challenge.ts";
import { revokeToken } from "./revoke-token.ts";
import { setUserMfaPreference } from "./set-user-mfa-preference.ts";
import { signUp } from "./sign-up.ts";
import { verifySoftwareToken } from "./verify-software-token.ts";

/** Apps call these; a password, a code or a token speaks for the user. */
const appOperations: Readonly<Record<string, OperationOf>> = {
  AssociateSoftwareToken: associateSoftwareToken,
  ChangePassword: changePassword,
  ConfirmSignUp: confirmSignUp,
  GetUser: getUser,
  GlobalSignOut: globalSignOut,
  InitiateAuth: initiateAuth,
  ResendConfirmationCode: resendConfirmationCode,
  RespondToAuthChallenge: respondToAuthChallenge,
  RevokeToken: revokeToken,
  SetUserMFAPreference: setUserMfaPreference,
  SignUp: signUp,
  VerifySoftwareToken: verifySoftwareToken,
};

/** Administrators call these; a signature speaks for them. */
const adminOperations: Readonly<Record<string, OperationOf>> = {
  AdminAddUserToGroup: adminAddUserToGroup,
  AdminCreateUser: adminCreateUser,
  AdminGetUser: adminGetUser,
  AdminRemoveUserFromGroup: adminRemoveUserFromGroup,
  AdminSetUserPassword: adminSetUserPassword,
  DescribeUserPool: describeUserPool,
  DescribeUserPoolClient: describeUserPoolClient,
  ListUsers: listUsers,
};

const targetPrefix = "AWSCognitoIdentityProviderService";

/** Whether the operation that `X-Amz-Target` names looks at who signed the request. */
export function asksForSignature(target: string): boolean {
  return Object.hasOwn(adminOperations, target.slice(targetPrefix.length + 1));
}

/** The user-pool API of Cognito, as far as apps sign in with it and administrators look around. */
export function cognitoApi(identity: Identity): AwsApi {
  const operations: Record<string, JsonOperation> = {};
  for (const [name, operation] of Object.entries({ ...appOperations, ...adminOperations })) {
    operations[name] = operation(identity);
  }
  return jsonApi({ service: "cognito-idp", targetPrefix, operations });
}

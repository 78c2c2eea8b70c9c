import { Type } from "typebox";
import { type JsonOperation, jsonApi, notImplemented } from "../../gateway/protocols.ts";
import type { AwsApi } from "../../service.ts";
import { appOperation } from "../api/operation.ts";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import { identityPools } from "./identity-pools.ts";
import { identityIdOf, providerOf, verifyLogin } from "./login.ts";
import { takeRole } from "./take-role.ts";

export const federatedPrefix = "AWSCognitoIdentityService";

const Id = Type.String({ minLength: 1, maxLength: 55, pattern: "^[\\w-]+:[0-9a-f-]+$" });
const Logins = Type.Optional(
  Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.String({ minLength: 1, maxLength: 50_000 })),
);
const GetId = Type.Object({ IdentityPoolId: Id, AccountId: Type.Optional(Type.String()), Logins });
const GetCredentials = Type.Object({ IdentityId: Id, Logins, CustomRoleArn: Type.Optional(Type.String()) });

const getId = appOperation(GetId, async (identity, { IdentityPoolId, Logins }) => {
  const pool = identityPools(identity.recording).find(({ id }) => id === IdentityPoolId);
  if (!pool) throw notFound(`IdentityPool '${IdentityPoolId}' not found.`);
  const login = await verifyLogin(identity, Logins);
  providerOf(identity, pool, login);
  return { IdentityId: identityIdOf(pool, login) };
});

const getCredentialsForIdentity = appOperation(GetCredentials, async (identity, input) => {
  if (input.CustomRoleArn !== undefined) {
    throw notImplemented("cognito-identity", "GetCredentialsForIdentity with CustomRoleArn");
  }
  const login = await verifyLogin(identity, input.Logins);
  const pool = identityPools(identity.recording).find((it) => identityIdOf(it, login) === input.IdentityId);
  // Somebody else's identity and one that never was look alike.
  if (!pool) throw notFound(`Identity '${input.IdentityId}' not found.`);
  providerOf(identity, pool, login);
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = takeRole(identity, pool, input.IdentityId, login);
  return {
    IdentityId: input.IdentityId,
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiresAt && expiresAt.getTime() / 1000,
    },
  };
});

/** The identity-pool API of Cognito: the enhanced flow, where a token speaks for the user and nothing is signed. */
export function cognitoIdentityApi(identity: Identity): AwsApi {
  const operations: Record<string, JsonOperation> = {
    GetId: getId(identity),
    GetCredentialsForIdentity: getCredentialsForIdentity(identity),
  };
  return jsonApi({ service: "cognito-identity", targetPrefix: federatedPrefix, operations });
}

function notFound(message: string): CognitoError {
  return new CognitoError("ResourceNotFoundException", message);
}

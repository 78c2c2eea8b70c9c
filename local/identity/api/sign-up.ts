import { Type } from "typebox";
import { AttributeList, checkWritable, readAttributes } from "../attributes.ts";
import { checkPassword } from "../passwords.ts";
import { sendCode } from "./code-delivery.ts";
import { appOperation, checkSecretHash, clientAndPool, notAuthorized } from "./operation.ts";
import { ClientId, Metadata, Name, Secret, SecretHash } from "./parameters.ts";

const Input = Type.Object({
  ClientId,
  SecretHash,
  Username: Name,
  Password: Secret,
  UserAttributes: Type.Optional(AttributeList),
  ClientMetadata: Metadata,
});

export const signUp = appOperation(Input, async (identity, input) => {
  const { client, pool } = clientAndPool(identity, input.ClientId);
  checkSecretHash(client, input.Username, input.SecretHash);
  if (pool.declared.adminCreateUserConfig?.allowAdminCreateUserOnly) {
    throw notAuthorized("SignUp is not permitted for this user pool");
  }
  checkPassword(pool.passwordPolicy, input.Password);
  const attributes = readAttributes(pool, input.UserAttributes);
  checkWritable(client, attributes);
  const user = await identity.directory.create(pool, {
    signInName: input.Username,
    password: input.Password,
    attributes,
    status: "UNCONFIRMED",
  });
  return { UserConfirmed: false, UserSub: user.sub, ...sendCode(identity, pool, user) };
});

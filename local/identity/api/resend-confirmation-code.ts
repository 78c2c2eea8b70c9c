import { Type } from "typebox";
import { CognitoError } from "../errors.ts";
import { hidesAbsentUsers } from "../pools.ts";
import { codeDelivery, sendCode } from "./code-delivery.ts";
import { appOperation, checkSecretHash, clientAndPool } from "./operation.ts";
import { ClientId, Metadata, Name, SecretHash } from "./parameters.ts";

const Input = Type.Object({ ClientId, SecretHash, Username: Name, ClientMetadata: Metadata });

export const resendConfirmationCode = appOperation(Input, (identity, input) => {
  const { client, pool } = clientAndPool(identity, input.ClientId);
  checkSecretHash(client, input.Username, input.SecretHash);
  const user = identity.directory.find(pool, input.Username);
  if (user && user.status !== "UNCONFIRMED") {
    throw new CognitoError("InvalidParameterException", "User is already confirmed.");
  }
  if (user) return sendCode(identity, pool, user);
  if (hidesAbsentUsers(client)) return codeDelivery("email", input.Username);
  throw new CognitoError("UserNotFoundException", "Username/client id combination not found.");
});

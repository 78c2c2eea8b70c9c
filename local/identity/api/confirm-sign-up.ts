import { Type } from "typebox";
import { CognitoError } from "../errors.ts";
import { hidesAbsentUsers } from "../pools.ts";
import { appOperation, checkSecretHash, clientAndPool, notAuthorized } from "./operation.ts";
import { ClientId, Metadata, Name, SecretHash } from "./parameters.ts";

const Input = Type.Object({
  ClientId,
  SecretHash,
  Username: Name,
  ConfirmationCode: Type.String({ minLength: 1, maxLength: 2048 }),
  ClientMetadata: Metadata,
});

export const confirmSignUp = appOperation(Input, (identity, input) => {
  const { client, pool } = clientAndPool(identity, input.ClientId);
  checkSecretHash(client, input.Username, input.SecretHash);
  const user = identity.directory.find(pool, input.Username);
  if (!user) {
    throw hidesAbsentUsers(client)
      ? new CognitoError("ExpiredCodeException", "Invalid code provided, please request a code again.")
      : new CognitoError("UserNotFoundException", "Username/client id combination not found.");
  }
  if (user.status !== "UNCONFIRMED") throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
  const proved = identity.confirmations.confirm(user, input.ConfirmationCode);
  identity.directory.update(user, {
    status: "CONFIRMED",
    attributes: { ...user.attributes, [`${proved}_verified`]: "true" },
  });
  return {};
});

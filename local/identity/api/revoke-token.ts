import { Type } from "typebox";
import { sameSecret } from "../../sigv4/signing-key.ts";
import { CognitoError } from "../errors.ts";
import { allowsRevocation } from "../pools.ts";
import { looksLikeJwt } from "../tokens.ts";
import { appOperation, clientAndPool, notAuthorized } from "./operation.ts";
import { ClientId, Secret } from "./parameters.ts";

const Input = Type.Object({ Token: Secret, ClientId, ClientSecret: Type.Optional(Type.String({ maxLength: 128 })) });

export const revokeToken = appOperation(Input, (identity, input) => {
  const { client } = clientAndPool(identity, input.ClientId);
  if (client.secret !== undefined && !sameSecret(client.secret, input.ClientSecret ?? "")) {
    throw notAuthorized("Invalid client secret.");
  }
  if (!allowsRevocation(client)) {
    throw new CognitoError("UnsupportedOperationException", "Revocation is not enabled for this client");
  }
  if (looksLikeJwt(input.Token)) {
    throw new CognitoError("UnsupportedTokenTypeException", "Unsupported token type");
  }
  identity.tokens.revoke(client, input.Token);
  return {};
});

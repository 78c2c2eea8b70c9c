import { Type } from "typebox";
import { CognitoError } from "../errors.ts";
import { allowsRevocation, findClient } from "../pools.ts";
import { adminOperation } from "./operation.ts";
import { ClientId } from "./parameters.ts";
import { toPascalCase } from "./pascal-case.ts";

const Input = Type.Object({ ClientId });

export const describeUserPoolClient = adminOperation("DescribeUserPoolClient", Input, (identity, pool, input) => {
  const client = findClient(identity.recording, input.ClientId);
  if (client?.declared.userPoolId !== pool.id) {
    throw new CognitoError("ResourceNotFoundException", `User pool client ${input.ClientId} does not exist.`);
  }
  const { declared, secret } = client;
  return {
    UserPoolClient: {
      UserPoolId: pool.id,
      ClientId: client.id,
      ClientName: client.name,
      ClientSecret: secret,
      ExplicitAuthFlows: declared.explicitAuthFlows,
      AllowedOAuthFlowsUserPoolClient: declared.allowedOauthFlowsUserPoolClient ?? false,
      AllowedOAuthFlows: declared.allowedOauthFlows,
      AllowedOAuthScopes: declared.allowedOauthScopes,
      CallbackURLs: declared.callbackUrls,
      LogoutURLs: declared.logoutUrls,
      SupportedIdentityProviders: declared.supportedIdentityProviders,
      PreventUserExistenceErrors: declared.preventUserExistenceErrors ?? "LEGACY",
      EnableTokenRevocation: allowsRevocation(client),
      AuthSessionValidity: declared.authSessionValidity ?? 3,
      AccessTokenValidity: declared.accessTokenValidity,
      IdTokenValidity: declared.idTokenValidity,
      RefreshTokenValidity: declared.refreshTokenValidity,
      TokenValidityUnits: declared.tokenValidityUnits && toPascalCase(declared.tokenValidityUnits),
      ReadAttributes: declared.readAttributes,
      WriteAttributes: declared.writeAttributes,
    },
  };
});

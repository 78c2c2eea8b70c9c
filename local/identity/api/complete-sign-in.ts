import type { Identity } from "../identity.ts";
import type { AppClient } from "../pools.ts";
import type { User } from "../store.ts";
import { demandNewPassword } from "../temporary-password.ts";
import { apiScope, type TokenSet } from "../tokens.ts";

/** The tokens for a user who has proved the password, unless that was a temporary one. */
export async function completeSignIn(identity: Identity, client: AppClient, user: User): Promise<object> {
  if (user.status === "FORCE_CHANGE_PASSWORD") {
    return {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: demandNewPassword(identity, client, user),
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.username,
        requiredAttributes: "[]",
        userAttributes: JSON.stringify(user.attributes),
      },
    };
  }
  const tokens = await identity.tokens.begin(client, user, { scopes: [apiScope] });
  const { AuthenticationResult } = authenticationResult(tokens);
  return {
    AuthenticationResult: { ...AuthenticationResult, RefreshToken: tokens.refreshToken },
    ChallengeParameters: {},
  };
}

export function authenticationResult({ accessToken, idToken, expiresIn }: TokenSet) {
  return {
    AuthenticationResult: {
      AccessToken: accessToken,
      IdToken: idToken,
      ExpiresIn: expiresIn,
      TokenType: "Bearer",
    },
    ChallengeParameters: {},
  };
}

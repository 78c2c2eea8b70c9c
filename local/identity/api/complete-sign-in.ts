import type { Identity, StepKind } from "../identity.ts";
import type { AppClient, UserPool } from "../pools.ts";
import { nextStep } from "../sign-in-steps.ts";
import type { User } from "../store.ts";
import { apiScope, type TokenSet } from "../tokens.ts";

/** What a client is told with a challenge, besides who it is for. */
const parametersOf: Readonly<Record<StepKind, (user: User) => Readonly<Record<string, string>>>> = {
  NEW_PASSWORD_REQUIRED: ({ attributes }) => ({
    requiredAttributes: "[]",
    userAttributes: JSON.stringify(attributes),
  }),
  SOFTWARE_TOKEN_MFA: ({ softwareToken }) =>
    softwareToken?.deviceName === undefined ? {} : { FRIENDLY_DEVICE_NAME: softwareToken.deviceName },
  MFA_SETUP: () => ({ MFAS_CAN_SETUP: JSON.stringify(["SOFTWARE_TOKEN_MFA"]) }),
};

/** For a user who has proved the password: the tokens, or what is still to be done for them. */
export async function completeSignIn(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  user: User,
): Promise<object> {
  const step = nextStep(identity, pool, client, user);
  if (!step) return signInResult(identity, client, user);
  return {
    ChallengeName: step.kind,
    Session: step.session,
    ChallengeParameters: { USER_ID_FOR_SRP: user.username, ...parametersOf[step.kind](user) },
  };
}

/** The tokens of a user with whom nothing is left to do. */
export async function signInResult(identity: Identity, client: AppClient, user: User): Promise<object> {
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

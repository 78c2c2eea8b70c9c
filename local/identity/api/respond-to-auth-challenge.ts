import { Type } from "typebox";
import { notImplemented } from "../../gateway/protocols.ts";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import type { AppClient, UserPool } from "../pools.ts";
import { answerWithCode, endSetup, replaceTemporaryPassword } from "../sign-in-steps.ts";
import { completeSignIn, signInResult } from "./complete-sign-in.ts";
import { appOperation, checkSecretHash, clientAndPool, invalidSession } from "./operation.ts";
import { ClientId, LooseParameters, Metadata, type Parameters, required } from "./parameters.ts";

const Input = Type.Object({
  ChallengeName: Type.String({ maxLength: 64 }),
  ClientId,
  ChallengeResponses: LooseParameters,
  Session: Type.Optional(Type.String({ maxLength: 2048 })),
  ClientMetadata: Metadata,
});

type Answer = (
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  responses: Parameters,
  session: string | undefined,
) => Promise<object>;

const answers: Readonly<Record<string, Answer>> = {
  async PASSWORD_VERIFIER(identity, pool, client, responses) {
    const secretBlock = Buffer.from(required(responses, "PASSWORD_CLAIM_SECRET_BLOCK"), "base64");
    const timestamp = required(responses, "TIMESTAMP");
    const signature = Buffer.from(required(responses, "PASSWORD_CLAIM_SIGNATURE"), "base64");
    if (!/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d UTC \d{4}$/.test(timestamp)) {
      throw new CognitoError(
        "InvalidParameterException",
        "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
      );
    }
    checkSecretHash(client, required(responses, "USERNAME"), responses.SECRET_HASH);
    // Redeemed, right or wrong: one exchange is one guess.
    const challenge = identity.challenges.redeem(secretBlock.toString());
    if (challenge?.kind !== "PASSWORD_VERIFIER" || challenge.clientId !== client.id) throw invalidSession();
    const user = await identity.authenticator.endSrp(pool, challenge.srp, { secretBlock, timestamp, signature });
    return completeSignIn(identity, pool, client, user);
  },

  async NEW_PASSWORD_REQUIRED(identity, pool, client, responses, session = "") {
    const password = required(responses, "NEW_PASSWORD");
    checkSecretHash(client, required(responses, "USERNAME"), responses.SECRET_HASH);
    const user = await replaceTemporaryPassword(identity, pool, client, session, password);
    if (!user) throw invalidSession();
    return completeSignIn(identity, pool, client, user);
  },

  async SOFTWARE_TOKEN_MFA(identity, pool, client, responses, session = "") {
    const code = required(responses, "SOFTWARE_TOKEN_MFA_CODE");
    checkSecretHash(client, required(responses, "USERNAME"), responses.SECRET_HASH);
    const user = await answerWithCode(identity, pool, client, session, code);
    if (!user) throw invalidSession();
    return signInResult(identity, client, user);
  },

  async MFA_SETUP(identity, pool, client, responses, session = "") {
    checkSecretHash(client, required(responses, "USERNAME"), responses.SECRET_HASH);
    const user = endSetup(identity, pool, client, session);
    if (!user) throw invalidSession();
    return signInResult(identity, client, user);
  },
};

export const respondToAuthChallenge = appOperation(Input, async (identity, input) => {
  const { client, pool } = clientAndPool(identity, input.ClientId);
  const name = input.ChallengeName;
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (!answer) throw notImplemented("cognito-idp", `RespondToAuthChallenge with ${name}`);
  return answer(identity, pool, client, input.ChallengeResponses ?? {}, input.Session);
});

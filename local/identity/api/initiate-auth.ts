import { Type } from "typebox";
import { notImplemented } from "../../gateway/protocols.ts";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import { type AppClient, allowsFlow, type UserPool } from "../pools.ts";
import { authenticationResult, completeSignIn } from "./complete-sign-in.ts";
import { appOperation, checkSecretHash, clientAndPool } from "./operation.ts";
import { ClientId, LooseParameters, Metadata, type Parameters, required } from "./parameters.ts";

const Input = Type.Object({
  AuthFlow: Type.String({ maxLength: 64 }),
  ClientId,
  AuthParameters: LooseParameters,
  ClientMetadata: Metadata,
});

type Flow = (identity: Identity, pool: UserPool, client: AppClient, parameters: Parameters) => Promise<object>;

const flows: Readonly<Record<string, Flow>> = {
  async USER_PASSWORD_AUTH(identity, pool, client, parameters) {
    const username = required(parameters, "USERNAME");
    const password = required(parameters, "PASSWORD");
    checkSecretHash(client, username, parameters.SECRET_HASH);
    const user = await identity.authenticator.byPassword(pool, client, username, password);
    return completeSignIn(identity, pool, client, user);
  },

  async USER_SRP_AUTH(identity, pool, client, parameters) {
    const username = required(parameters, "USERNAME");
    const clientPublic = required(parameters, "SRP_A");
    if (!/^[0-9a-f]{1,1024}$/i.test(clientPublic)) {
      throw new CognitoError("InvalidParameterException", "SRP_A must be a number in hexadecimal.");
    }
    checkSecretHash(client, username, parameters.SECRET_HASH);
    const srp = identity.authenticator.beginSrp(pool, client, username, clientPublic);
    const ticket = identity.challenges.issue(
      { kind: "PASSWORD_VERIFIER", poolId: pool.id, clientId: client.id, srp },
      client.validity.session,
    );
    return {
      ChallengeName: "PASSWORD_VERIFIER",
      ChallengeParameters: {
        SALT: srp.exchange.salt,
        SRP_B: srp.exchange.serverPublic,
        SECRET_BLOCK: Buffer.from(ticket).toString("base64"),
        USERNAME: srp.userIdForSrp,
        USER_ID_FOR_SRP: srp.userIdForSrp,
      },
    };
  },

  async REFRESH_TOKEN_AUTH(identity, _pool, client, parameters) {
    const {
      user,
      session: _session,
      ...tokens
    } = await identity.tokens.refresh(client, required(parameters, "REFRESH_TOKEN"));
    checkSecretHash(client, user.username, parameters.SECRET_HASH);
    return authenticationResult(tokens);
  },
};

export const initiateAuth = appOperation(Input, async (identity, input) => {
  const { client, pool } = clientAndPool(identity, input.ClientId);
  // An older name of the same flow.
  const name = input.AuthFlow === "REFRESH_TOKEN" ? "REFRESH_TOKEN_AUTH" : input.AuthFlow;
  if (!allowsFlow(client, name)) {
    throw new CognitoError("InvalidParameterException", `${name} flow not enabled for this client`);
  }
  const flow = Object.hasOwn(flows, name) ? flows[name] : undefined;
  if (!flow) throw notImplemented("cognito-idp", `InitiateAuth with ${name}`);
  return flow(identity, pool, client, input.AuthParameters ?? {});
});

import { Type } from "typebox";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import type { AppClient, UserPool } from "../pools.ts";
import { userInStep } from "../sign-in-steps.ts";
import type { User } from "../store.ts";
import { apiScope } from "../tokens.ts";
import { clientAndPool, invalidParameter, invalidSession } from "./operation.ts";
import { Secret } from "./parameters.ts";

/** What speaks for a user who sets up an authenticator app: one of the two. */
export const setupProof = {
  AccessToken: Type.Optional(Secret),
  Session: Type.Optional(Type.String({ minLength: 20, maxLength: 2048 })),
};

export interface AppSetup {
  readonly user: User;
  readonly pool: UserPool;
  readonly client: AppClient;
  /** Of the MFA_SETUP challenge; undefined for somebody who is signed in. */
  readonly session: string | undefined;
}

/** Throws NotAuthorizedException for a token or session that is none, SoftwareTokenMFANotFoundException where the pool takes no apps. */
export async function readAppSetup(
  identity: Identity,
  { AccessToken, Session }: { AccessToken?: string; Session?: string },
): Promise<AppSetup> {
  if ((AccessToken === undefined) === (Session === undefined)) {
    throw invalidParameter("give either an AccessToken or a Session");
  }
  const setup = Session === undefined ? await byToken(identity, AccessToken ?? "") : bySession(identity, Session);
  if (!setup.pool.declared.softwareTokenMfaConfiguration?.enabled) {
    throw new CognitoError(
      "SoftwareTokenMFANotFoundException",
      "Software Token MFA has not been enabled by the userPool.",
    );
  }
  return setup;
}

async function byToken(identity: Identity, accessToken: string): Promise<AppSetup> {
  const { user, client } = await identity.tokens.verifyAccess(accessToken, apiScope);
  return { user, ...clientAndPool(identity, client.id), session: undefined };
}

function bySession(identity: Identity, session: string): AppSetup {
  const challenge = identity.challenges.peek(session);
  if (!challenge) throw invalidSession();
  const { client, pool } = clientAndPool(identity, challenge.clientId);
  const user = userInStep(identity, pool, client, { kind: "MFA_SETUP", session });
  if (!user) throw invalidSession();
  return { user, client, pool, session };
}

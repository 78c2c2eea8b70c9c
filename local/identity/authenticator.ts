import { createHmac, randomBytes } from "node:crypto";
import { notImplemented } from "../gateway/protocols.ts";
import { type Directory, normalize } from "./directory.ts";
import { CognitoError } from "./errors.ts";
import { createLockout } from "./lockout.ts";
import { passwordMatches } from "./passwords.ts";
import { type AppClient, hidesAbsentUsers, takesAppsOnly, type UserPool } from "./pools.ts";
import { answerSrp, type SrpExchange } from "./srp.ts";
import type { User } from "./store.ts";

/** What a client must prove next, after its public value A. */
export interface SrpChallenge {
  readonly userIdForSrp: string;
  readonly exchange: SrpExchange;
  /** Absent when there is no such user and the client hides that: the exchange then never proves anything. */
  readonly user: User | undefined;
}

/** Proves who a user is. Every method throws NotAuthorizedException for a wrong password, in the same words for all causes. */
export interface Authenticator {
  byPassword(pool: UserPool, client: AppClient, signInName: string, password: string): Promise<User>;
  beginSrp(pool: UserPool, client: AppClient, signInName: string, clientPublic: string): SrpChallenge;
  endSrp(pool: UserPool, challenge: SrpChallenge, claim: Parameters<SrpExchange["proves"]>[0]): Promise<User>;
}

export function createAuthenticator(directory: Directory, now: () => Date): Authenticator {
  const lockout = createLockout(now);
  const seed = randomBytes(32);

  /** The same invented salt each time, and no longer to make: either would tell that the user is not there. */
  function decoy(pool: UserPool, signInName: string): Decoy {
    const name = normalize(pool, signInName);
    const digest = createHmac("sha256", seed).update(`${pool.id}/${name}`).digest("hex");
    const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
    return {
      username: pool.declared.usernameAttributes?.length ? uuid : name,
      srp: { salt: digest.slice(32), verifier: digest.repeat(12) },
    };
  }

  function findOrHide(pool: UserPool, client: AppClient, signInName: string): User | undefined {
    refuseUnsupported(pool);
    const user = directory.find(pool, signInName);
    if (!user && !hidesAbsentUsers(client)) {
      throw new CognitoError("UserNotFoundException", "User does not exist.");
    }
    return user;
  }

  async function prove(account: string, user: User | undefined, proves: () => Promise<boolean> | boolean) {
    const proved = await lockout.attempt(account, proves);
    if (!proved || !user) throw new CognitoError("NotAuthorizedException", "Incorrect username or password.");
    if (user.status === "UNCONFIRMED") throw new CognitoError("UserNotConfirmedException", "User is not confirmed.");
    if (user.status === "FORCE_CHANGE_PASSWORD" && (user.temporaryPasswordUntil ?? 0) <= now().getTime()) {
      throw new CognitoError(
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
      );
    }
    return user;
  }

  return {
    async byPassword(pool, client, signInName, password) {
      const user = findOrHide(pool, client, signInName);
      return prove(accountOf(pool, user?.username ?? normalize(pool, signInName)), user, () =>
        passwordMatches(user?.password, password),
      );
    },

    beginSrp(pool, client, signInName, clientPublic) {
      const user = findOrHide(pool, client, signInName);
      const { username, srp } = user ? { ...user, srp: user.password.srp } : decoy(pool, signInName);
      const exchange = answerSrp({ poolId: pool.id, username, srp }, clientPublic);
      if (!exchange) throw new CognitoError("InvalidParameterException", "SRP_A must not be a multiple of N.");
      return { userIdForSrp: username, exchange, user };
    },

    async endSrp(pool, { userIdForSrp, exchange, user }, claim) {
      return prove(accountOf(pool, userIdForSrp), user, () => user !== undefined && exchange.proves(claim));
    },
  };
}

interface Decoy {
  readonly username: string;
  readonly srp: { readonly salt: string; readonly verifier: string };
}

function accountOf(pool: UserPool, username: string): string {
  return `${pool.id}/${username}`;
}

/** A sign-in that skipped a second factor or a trigger would be one that AWS refuses. */
function refuseUnsupported(pool: UserPool): void {
  const { declared } = pool;
  if (declared.mfaConfiguration === "ON" && !takesAppsOnly(pool)) {
    throw notImplemented("cognito-idp", "MFA that is required otherwise than by authenticator apps alone");
  }
  const triggers = Object.keys(declared.lambdaConfig ?? {});
  if (triggers.length > 0) throw notImplemented("cognito-idp", `Lambda triggers (${triggers.join(", ")})`);
}

import { LRUCache } from "lru-cache";
import { sameSecret } from "../sigv4/signing-key.ts";
import type { Directory } from "./directory.ts";
import { CognitoError } from "./errors.ts";
import { createLockout } from "./lockout.ts";
import type { IdentityStore, User } from "./store.ts";
import { createTotpSecret, totpCode, totpStep } from "./totp.ts";

/** Codes from the users' authenticator apps. */
export interface SoftwareTokens {
  /** A new secret for an app, in place of one that was offered before. What the user has already stays until the new one is proved. */
  offer(user: User): string;
  /** What was offered and is not proved yet, until the process ends. */
  offered(user: User): string | undefined;
  /** Makes the offered secret the user's, by a code of it; throws EnableSoftwareTokenMFAException for any other. */
  enroll(user: User, code: string, deviceName?: string): User;
  /**
   * Resolves once the code is taken, which it is only once. Throws CodeMismatchException for a wrong code,
   * ExpiredCodeException for one that was taken before, NotAuthorizedException while too many wrong ones have been tried.
   */
  accept(user: User, code: string): Promise<void>;
}

export function createSoftwareTokens(
  store: Pick<IdentityStore, "findUser">,
  directory: Pick<Directory, "update">,
  now: () => Date,
): SoftwareTokens {
  const offers = new LRUCache<string, string>({ max: 10_000 });
  // Apart from that of passwords: whoever has the password would clear it by another sign-in, and guess on.
  const lockout = createLockout(now);

  /** Clocks of phones are off, and people slow: one step early or late is right as well, as with Cognito. */
  function stepOf(secret: string, code: string): number | undefined {
    const step = totpStep(now());
    return [step, step - 1, step + 1].find((candidate) => sameSecret(totpCode(secret, candidate), code));
  }

  return {
    offer(user) {
      const secret = createTotpSecret();
      offers.set(user.sub, secret);
      return secret;
    },

    offered: (user) => offers.get(user.sub),

    enroll(user, code, deviceName) {
      const secret = offers.get(user.sub);
      const usedStep = secret === undefined ? undefined : stepOf(secret, code);
      if (secret === undefined || usedStep === undefined) {
        throw new CognitoError("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA");
      }
      offers.delete(user.sub);
      return directory.update(user, {
        softwareToken: { secret, usedStep, ...(deviceName !== undefined && { deviceName }) },
      });
    },

    async accept(user, code) {
      const isRight = await lockout.attempt(user.sub, () => {
        // Read only now: what was in hand may be from before another code was taken.
        const token = store.findUser(user.poolId, user.username)?.softwareToken;
        if (!token) return false;
        const step = stepOf(token.secret, code);
        if (step === undefined) return false;
        if (step <= token.usedStep) {
          throw new CognitoError("ExpiredCodeException", "Your software token has already been used once.");
        }
        directory.update(user, { softwareToken: { ...token, usedStep: step } });
        return true;
      });
      if (!isRight) throw new CognitoError("CodeMismatchException", "Invalid code received for user");
    },
  };
}

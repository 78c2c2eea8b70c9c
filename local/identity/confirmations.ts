import { randomInt } from "node:crypto";
import { LRUCache } from "lru-cache";
import { sameSecret } from "../sigv4/signing-key.ts";
import { CognitoError } from "./errors.ts";
import type { User } from "./store.ts";

const lifeMs = 24 * 3600_000;
/** Six digits withstand that many guesses and not many more. */
const maxAttempts = 5;

/** Proofs that a user owns an address. There is no mail here: the log takes the code. */
export interface Confirmations {
  /** Replaces the code that was sent before. */
  send(user: User, attribute: string): void;
  /** Uses the code up and answers which address it proves; throws CodeMismatch-, ExpiredCode- or TooManyFailedAttemptsException. */
  confirm(user: User, code: string): string;
}

export function createConfirmations(now: () => Date, log: (line: string) => void): Confirmations {
  const sent = new LRUCache<string, { code: string; attribute: string; until: number; attempts: number }>({
    max: 10_000,
  });
  return {
    send(user, attribute) {
      const code = randomInt(1_000_000).toString().padStart(6, "0");
      sent.set(user.sub, { code, attribute, until: now().getTime() + lifeMs, attempts: 0 });
      log(`identity: the confirmation code of ${user.attributes[attribute] ?? user.username} is ${code}`);
    },
    confirm(user, code) {
      const expected = sent.get(user.sub);
      if (!expected || expected.until <= now().getTime()) {
        throw new CognitoError("ExpiredCodeException", "Invalid code provided, please request a code again.");
      }
      if (expected.attempts >= maxAttempts) {
        throw new CognitoError("TooManyFailedAttemptsException", "You have entered an incorrect code too many times.");
      }
      expected.attempts += 1;
      if (!sameSecret(code, expected.code)) {
        throw new CognitoError("CodeMismatchException", "Invalid verification code provided, please try again.");
      }
      sent.delete(user.sub);
      return expected.attribute;
    },
  };
}

import { LRUCache } from "lru-cache";
import { CognitoError } from "./errors.ts";

/** Wrong passwords that cost nothing; each one after that doubles the wait, from a second to fifteen minutes. */
const freeAttempts = 4;
const longestMs = 15 * 60_000;

export interface Lockout {
  /**
   * Makes one attempt at an account and resolves to whether it proved the password.
   * Throws NotAuthorizedException, without making it, while the account waits.
   */
  attempt(account: string, proves: () => Promise<boolean> | boolean): Promise<boolean>;
}

/** Slows the guessing of one account's password as Cognito does; absent accounts are slowed alike. */
export function createLockout(now: () => Date): Lockout {
  const failures = new LRUCache<string, { count: number; lastMs: number; untilMs: number }>({ max: 10_000 });
  const turns = new Map<string, Promise<unknown>>();

  async function attemptNow(account: string, proves: () => Promise<boolean> | boolean): Promise<boolean> {
    const before = failures.get(account);
    if (before && now().getTime() < before.untilMs) {
      throw new CognitoError("NotAuthorizedException", "Password attempts exceeded");
    }
    if (await proves()) {
      failures.delete(account);
      return true;
    }
    const ms = now().getTime();
    const count = before && ms - before.lastMs < longestMs ? before.count + 1 : 1;
    const wait = count <= freeAttempts ? 0 : Math.min(longestMs, 1000 * 2 ** (count - freeAttempts - 1));
    failures.set(account, { count, lastMs: ms, untilMs: ms + wait });
    return false;
  }

  return {
    attempt(account, proves) {
      // One after another: a thousand guesses sent at once must not all pass before the first is counted.
      const before = turns.get(account) ?? Promise.resolve();
      const turn = before.then(() => attemptNow(account, proves));
      const over = turn
        .catch(() => {})
        .then(() => {
          if (turns.get(account) === over) turns.delete(account);
        });
      turns.set(account, over);
      return turn;
    },
  };
}

export interface RetryOptions {
  /** How often a request is sent at most, the first time included; 5 unless said otherwise, 1 never repeats. */
  readonly attempts?: number;
  /** An answer that asks to wait longer than this is thrown instead; 60 unless said otherwise. */
  readonly maxRetryAfterSeconds?: number;
}

export type RetryPolicy = Required<RetryOptions>;

/** Fills in the defaults; throws a RangeError for a number that makes no sense. */
export function retryPolicy({ attempts = 5, maxRetryAfterSeconds = 60 }: RetryOptions = {}): RetryPolicy {
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(`retry.attempts is ${attempts}; it must be a whole number from 1`);
  }
  if (!(maxRetryAfterSeconds >= 0)) {
    throw new RangeError(`retry.maxRetryAfterSeconds is ${maxRetryAfterSeconds}; it must be 0 or more`);
  }
  return { attempts, maxRetryAfterSeconds };
}

const firstStepMs = 250;
const longestStepMs = 8000;

/** Waits before the next attempt: at random below a bound that doubles, so that clients that failed together come back apart. */
export async function backOff(
  attempt: number,
  retryAfterSeconds: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const bound = Math.min(longestStepMs, firstStepMs * 2 ** (attempt - 1));
  await pause((retryAfterSeconds ?? 0) * 1000 + Math.random() * bound, signal);
}

/** Resolves after a time; rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Statuses of an overload or of something broken on the way, after which the same request may succeed. */
export function isTransient(status: number): boolean {
  return [429, 502, 503, 504].includes(status);
}

/** A fetch that got no answer, or only a part of one, rejects with a TypeError in every runtime. */
export function isConnectionError(error: unknown): error is TypeError {
  return error instanceof TypeError;
}

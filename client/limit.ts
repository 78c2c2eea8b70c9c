/** Lets so many pieces of work run at a time; the others wait, first come, first served, or until their signal aborts. */
export type Limit = <T>(work: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>;

export function createLimit(most: number): Limit {
  const waiting = new Set<() => void>();
  let running = 0;

  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(start);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      waiting.add(start);
    });
  }

  return async (work, signal) => {
    signal?.throwIfAborted();
    if (running < most) running += 1;
    else await turn(signal);
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next) {
        // The place goes over to the next, so that nobody who comes now can take it.
        waiting.delete(next);
        next();
      } else running -= 1;
    }
  };
}

/** Rejects with the signal's reason as soon as it aborts; whoever else waits for the same goes on. */
export async function unlessAborted<T>(value: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted();
  if (!signal) return value;
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  return Promise.race([value, aborted]).finally(() => signal.removeEventListener("abort", abort));
}

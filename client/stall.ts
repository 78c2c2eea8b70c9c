import type { TransferOptions } from "./platform.ts";

/**
 * Runs a transfer, and breaks it off with a TypeError, as if the connection had dropped, once nothing has moved for a while:
 * a network that goes away without a word is only told by its silence.
 */
export async function unlessStalled<T>(
  seconds: number,
  { signal: given, onProgress }: TransferOptions,
  transfer: (options: TransferOptions) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new TypeError(`The upload has not moved for ${seconds} s`));
  let timer = setTimeout(stall, seconds * 1000);
  let over = false;
  try {
    return await transfer({
      signal: given ? AbortSignal.any([given, stalled.signal]) : stalled.signal,
      onProgress(loaded) {
        // What was broken off may still tell of bytes that were on their way.
        if (over) return;
        clearTimeout(timer);
        timer = setTimeout(stall, seconds * 1000);
        onProgress(loaded);
      },
    });
  } finally {
    over = true;
    clearTimeout(timer);
  }
}

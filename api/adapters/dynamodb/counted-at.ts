import type { Item } from "./keys.ts";

/**
 * What every write of a counter sets as well. Who recounts and finds it as it was, and long enough ago for the indexes to
 * have followed, knows that nothing was counted meanwhile, which the counters alone don't tell: they may have come and gone.
 */
export function countedAt(at: Date): Item {
  return { countedAt: { S: at.toISOString() } };
}

import { LRUCache } from "lru-cache";

/** A window is counted in this many steps, each of which leaves it whole. */
const steps = 10;

/** AWS WAF tracks as many aggregation instances of one rule; beyond them the longest unseen is forgotten. */
const mostKeys = 10_000;

/**
 * Counts requests by key over a trailing window. AWS WAF estimates and reacts within some seconds; this counts exactly,
 * so that the first request over the limit is the first that is held back.
 */
export class RateCounter {
  readonly #stepMs: number;
  readonly #counts = new LRUCache<string, Map<number, number>>({ max: mostKeys });

  constructor(windowSeconds: number) {
    this.#stepMs = (windowSeconds * 1000) / steps;
  }

  /** Counts one request; returns how many the window holds, this one included. */
  add(key: string, now: Date): number {
    const step = Math.floor(now.getTime() / this.#stepMs);
    const counts = this.#counts.get(key) ?? new Map<number, number>();
    for (const old of counts.keys()) if (old <= step - steps) counts.delete(old);
    counts.set(step, (counts.get(step) ?? 0) + 1);
    this.#counts.set(key, counts);
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

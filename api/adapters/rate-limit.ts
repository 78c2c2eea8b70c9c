import type { Clock } from "../domain/ports/clock.ts";
import type { RateLimit } from "../domain/ports/rate-limit.ts";
import { createGrowingCache } from "./growing-cache.ts";

export interface RateLimitOptions {
  /** What may be taken in a minute, and at once after a quiet one. */
  readonly perMinute: number;
  /** Budgets kept at a time, about 100 bytes each; the least recently used is forgotten first, and is then full again. */
  readonly max?: number;
  readonly now: Clock;
}

const minuteMs = 60_000;

/**
 * The generic cell rate algorithm: of each budget only the time is kept at which it will be full again. Every cost moves
 * it on by its share of a minute, and how far ahead it is says what has been spent.
 */
export function createRateLimit({ perMinute, max = 50_000, now }: RateLimitOptions): RateLimit {
  const fullAt = createGrowingCache<number>(max);
  const shareMs = minuteMs / perMinute;

  return {
    take(whose, cost) {
      const at = now().getTime();
      const aheadMs = (fullAt.get(whose) ?? 0) - at;
      // More than a minute ahead is the time of a clock that has been set back since, and says nothing.
      const spentMs = aheadMs > 0 && aheadMs <= minuteMs ? aheadMs : 0;
      const afterMs = spentMs + Math.min(cost * shareMs, minuteMs);
      if (afterMs > minuteMs) return Math.ceil((afterMs - minuteMs) / 1000);
      fullAt.set(whose, at + afterMs);
      return 0;
    },
  };
}

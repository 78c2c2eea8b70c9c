/** What is asked in one round, in milliseconds: something absent, something else absent, and something forbidden. */
export interface Round {
  readonly absent: number;
  readonly alsoAbsent: number;
  readonly forbidden: number;
}

/** Where the middle of a difference lies, in milliseconds, but for one time in a thousand. */
export type Interval = readonly [low: number, high: number];

export interface Comparison {
  /** Medians. */
  readonly absent: number;
  readonly forbidden: number;
  /** How much longer the forbidden takes than the absent of the same round. */
  readonly longer: Interval;
  /** The same of two that are absent: what the way of measuring adds by itself. */
  readonly noise: Interval;
  /** Whether nothing was found, by somebody who may ask as often as there were rounds. */
  readonly alike: boolean;
}

/** Each round is compared with itself, so that what slows the machine down for a while falls on both sides alike. */
export function compare(rounds: readonly Round[]): Comparison {
  const longer = medianInterval(rounds.map(({ forbidden, absent }) => forbidden - absent));
  const noise = medianInterval(rounds.map(({ alsoAbsent, absent }) => alsoAbsent - absent));
  return {
    absent: median(rounds.map(({ absent }) => absent)),
    forbidden: median(rounds.map(({ forbidden }) => forbidden)),
    longer,
    noise,
    alike: longer[0] <= noise[1] && noise[0] <= longer[1],
  };
}

/** Standard deviations of the normal distribution outside of which one value in a thousand lies. */
const deviations = 3.29;

/**
 * By order alone, whatever the distribution: how many values lie below the true median is binomial. The spread of single
 * requests would not do, for who asks a thousand times sees thirty times finer than who asks once.
 */
function medianInterval(values: readonly number[]): Interval {
  const sorted = ascending(values);
  const reach = (deviations * Math.sqrt(sorted.length)) / 2;
  const at = (rank: number) => sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] ?? Number.NaN;
  return [at(Math.floor(sorted.length / 2 - reach)), at(Math.ceil(sorted.length / 2 + reach) - 1)];
}

function median(values: readonly number[]): number {
  return ascending(values)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((one, other) => one - other);
}

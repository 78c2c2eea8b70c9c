/** What is asked in one round, in milliseconds: something absent, something else absent, and something forbidden. */
export interface Round {
  readonly absent: number;
  readonly alsoAbsent: number;
  readonly forbidden: number;
}

export interface Comparison {
  /** Medians. */
  readonly absent: number;
  readonly forbidden: number;
  /** How much longer the forbidden takes than the absent in the same round, by the median. */
  readonly difference: number;
  /** How much two that are absent differ in the same round, in nine rounds of ten: from less than that nobody learns anything. */
  readonly noise: readonly [low: number, high: number];
  readonly alike: boolean;
}

/** Each round is compared with itself, so that what slows the machine down for a while falls on both sides alike. */
export function compare(rounds: readonly Round[]): Comparison {
  const difference = quantile(
    rounds.map(({ forbidden, absent }) => forbidden - absent),
    0.5,
  );
  const twice = rounds.map(({ alsoAbsent, absent }) => alsoAbsent - absent);
  const noise = [quantile(twice, 0.05), quantile(twice, 0.95)] as const;
  return {
    absent: quantile(
      rounds.map(({ absent }) => absent),
      0.5,
    ),
    forbidden: quantile(
      rounds.map(({ forbidden }) => forbidden),
      0.5,
    ),
    difference,
    noise,
    alike: noise[0] <= difference && difference <= noise[1],
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

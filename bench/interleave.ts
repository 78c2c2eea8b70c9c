/** One way of doing a thing, measured a little at a time. */
export interface Subject {
  readonly name: string;
  /** Microseconds that doing it once takes, as one round of measuring finds. */
  round(): Promise<number>;
  close?(): void;
}

export interface Measured {
  readonly name: string;
  /** Of the fastest round: others on the machine can only slow a round down. */
  readonly microseconds: number;
}

const fewestRounds = 3;

/**
 * Measures the subjects in turns until the time is over, so that whatever else the machine does meanwhile falls on all of
 * them alike, and closes them. Trust the ratios, not the absolute figures.
 */
export async function interleave<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  seconds: number,
): Promise<Record<Name, Measured>> {
  const entries: [string, Subject][] = Object.entries(subjects);
  try {
    for (const [, subject] of entries) await subject.round(); // Warms up, and is not counted.
    const fastest = new Map<string, number>();
    const end = performance.now() + seconds * 1000;
    for (let round = 0; round < fewestRounds || performance.now() < end; round++) {
      for (const [key, subject] of entries) {
        fastest.set(key, Math.min(await subject.round(), fastest.get(key) ?? Number.POSITIVE_INFINITY));
      }
    }
    const measured = entries.map(([key, { name }]): [string, Measured] => [
      key,
      { name, microseconds: fastest.get(key) ?? Number.NaN },
    ]);
    return Object.fromEntries(measured) as Record<Name, Measured>;
  } finally {
    for (const [, subject] of entries) subject.close?.();
  }
}

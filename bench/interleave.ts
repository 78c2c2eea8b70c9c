/** One way of doing a thing, measured a little at a time. */
export interface Subject {
  readonly name: string;
  /** Microseconds of CPU time that doing it once takes, as one round of measuring finds. */
  round(): Promise<number>;
}

export interface Measured {
  readonly name: string;
  /** The median of the rounds. */
  readonly microseconds: number;
}

const roundMicroseconds = 120_000;
const fewestRounds = 3;

/**
 * Measures the subjects in turns until the time is over, so that whatever else the machine does meanwhile falls on all of
 * them alike. Trust the ratios, not the absolute figures.
 */
export async function interleave<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  seconds: number,
): Promise<Record<Name, Measured>> {
  const entries: [string, Subject][] = Object.entries(subjects);
  const samples = new Map(entries.map(([key]): [string, number[]] => [key, []]));
  for (const [, subject] of entries) await subject.round(); // Warms up, and is not counted.
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < fewestRounds || performance.now() < end; round++) {
    for (const [key, subject] of entries) samples.get(key)?.push(await subject.round());
  }
  const measured = entries.map(([key, { name }]) => [key, { name, microseconds: median(samples.get(key) ?? []) }]);
  return Object.fromEntries(measured);
}

/**
 * A subject in this process. CPU time and not the clock's, because on a shared machine the clock also counts the work of
 * others; `per` says how many things one call does.
 */
export function inProcess(name: string, operation: () => unknown, { per = 1 } = {}): Subject {
  let calls = 1;
  return {
    name,
    async round() {
      for (;;) {
        const start = process.cpuUsage();
        for (let call = 0; call < calls; call++) {
          const result = operation();
          if (result instanceof Promise) await result;
        }
        const { user, system } = process.cpuUsage(start);
        const spent = user + system;
        if (spent >= roundMicroseconds / 2) return spent / calls / per;
        calls = Math.ceil(calls * Math.min(10, roundMicroseconds / Math.max(spent, 1)));
      }
    },
  };
}

function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

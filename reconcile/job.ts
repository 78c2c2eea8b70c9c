import { mapBounded } from "../api/domain/map-bounded.ts";
import type { Log } from "./ports.ts";
import type { JobReport } from "./report.ts";

/** One kind of mending. It may be killed anywhere and run twice at the same time: whatever it does, it can do again. */
export type Job = (run: JobRun) => Promise<void>;

/** What a job works through its items by, and notes in what became of them. */
export interface JobRun {
  /** Then nothing may be written, and what would have been done is noted as done. */
  readonly dryRun: boolean;
  /** Goes through the pages as long as there is time; one item that fails does not stop the others. */
  each<T>(
    pages: AsyncIterable<readonly T[]>,
    nameOf: (item: T) => string,
    mend: (item: T) => Promise<void>,
  ): Promise<void>;
  /** Does one part of an item's mending; its failure is noted under `name` and stops nothing else. */
  attempt(name: string, part: () => Promise<void>): Promise<void>;
  /** Whether there is no time to begin anything more. */
  isOver(): boolean;
  done(what: string): void;
  /** Notes an item that a later run has to come back for. */
  left(): void;
}

const parallelItems = 8;
const mostNamedFailures = 20;

export interface JobRunOptions {
  readonly dryRun: boolean;
  readonly isOver: () => boolean;
  readonly log: Log;
}

/** Runs a job to its end, or until its time is over. Never rejects: what failed is in the report. */
export async function runJob(name: string, job: Job, { dryRun, isOver, log }: JobRunOptions): Promise<JobReport> {
  const done: Record<string, number> = {};
  const failed = { count: 0, ids: [] as string[] };
  let [complete, found, left] = [true, 0, 0];

  const attempt = async (id: string, part: () => Promise<void>) => {
    try {
      await part();
    } catch (error) {
      failed.count += 1;
      if (failed.ids.length < mostNamedFailures) failed.ids.push(id);
      log({
        level: "error",
        message: "Could not be mended; the next run tries again",
        job: name,
        id,
        error: describe(error),
      });
    }
  };

  const run: JobRun = {
    dryRun,
    isOver,
    attempt,
    async each(pages, nameOf, mend) {
      for await (const page of pages) {
        await mapBounded(page, parallelItems, async (item) => {
          if (isOver()) return;
          found += 1;
          await attempt(nameOf(item), () => mend(item));
        });
        if (isOver()) break;
      }
      complete &&= !isOver();
    },
    done(what) {
      done[what] = (done[what] ?? 0) + 1;
    },
    left() {
      left += 1;
    },
  };
  // Without its list a job can't go on, and the other jobs still can.
  await attempt(name, () => job(run));
  return { complete: complete && !failed.ids.includes(name), found, done, left, failed };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}

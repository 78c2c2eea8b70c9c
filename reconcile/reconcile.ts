import type { Clock } from "../api/domain/ports/clock.ts";
import { type Job, runJob } from "./job.ts";
import type { Log } from "./ports.ts";
import { type JobName, type JobReport, jobNames, type Report } from "./report.ts";

export interface RunOptions {
  /** Looks and reports, and writes nothing. */
  readonly dryRun: boolean;
  /** Ends the run early, after what is under way. */
  readonly signal?: AbortSignal;
  /** From then on nothing more is begun; what is under way then still takes seconds. */
  readonly deadline?: Date;
}

/** One run over everything that may need mending. Never rejects: what failed is in the report, and the log says why. */
export type Reconcile = (options: RunOptions) => Promise<Report>;

export interface ReconcileOptions {
  readonly jobs: Readonly<Record<JobName, Job>>;
  readonly now: Clock;
  readonly log: Log;
}

/** Runs the jobs one after another, each with an even share of the time that is left. */
export function createReconcile({ jobs, now, log }: ReconcileOptions): Reconcile {
  return async ({ dryRun, signal, deadline }) => {
    const startedAt = now();
    let jobsLeft: number = jobNames.length;
    const run = (name: JobName): Promise<JobReport> => {
      const until = deadline && new Date(now().getTime() + (deadline.getTime() - now().getTime()) / jobsLeft);
      jobsLeft -= 1;
      const isOver = () => signal?.aborted === true || (until !== undefined && now() >= until);
      return runJob(name, jobs[name], { dryRun, isOver, log });
    };
    const reports = {
      photos: await run("photos"),
      albums: await run("albums"),
      multipart: await run("multipart"),
      quarantine: await run("quarantine"),
      orphans: await run("orphans"),
      missing: await run("missing"),
      counts: await run("counts"),
    };
    return { dryRun, startedAt, finishedAt: now(), jobs: reports };
  };
}

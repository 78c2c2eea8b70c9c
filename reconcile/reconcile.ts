import type { Clock } from "../api/domain/ports/clock.ts";
import { type Job, runJob } from "./job.ts";
import type { Log } from "./ports.ts";
import type { JobName, JobReport, Report } from "./report.ts";

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
    const share = (jobsLeft: number): Date | undefined =>
      deadline && new Date(now().getTime() + (deadline.getTime() - now().getTime()) / jobsLeft);
    const run = (name: JobName, jobsLeft: number): Promise<JobReport> => {
      const until = share(jobsLeft);
      const isOver = () => signal?.aborted === true || (until !== undefined && now() >= until);
      return runJob(name, jobs[name], { dryRun, isOver, log });
    };
    const reports = {
      photos: await run("photos", 3),
      albums: await run("albums", 2),
      counts: await run("counts", 1),
    };
    return { dryRun, startedAt, finishedAt: now(), jobs: reports };
  };
}

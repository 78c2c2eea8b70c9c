/** In the order in which they run: what one of them takes away the later ones no longer find. */
export const jobNames = ["photos", "albums", "multipart", "quarantine", "orphans", "missing", "counts"] as const;
export type JobName = (typeof jobNames)[number];

/** What one run has come upon and done; in a dry run, what it would have done. */
export interface Report {
  readonly dryRun: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly jobs: Readonly<Record<JobName, JobReport>>;
}

export interface JobReport {
  /** Whether it came to the end of its list; the next run goes on where this one had to stop. */
  readonly complete: boolean;
  /** The items that it looked at. */
  readonly found: number;
  /** How often it did what. */
  readonly done: Readonly<Record<string, number>>;
  /** The items among those found that a later run has to look at again. */
  readonly left: number;
  readonly failed: {
    readonly count: number;
    /** The first of them, such as `photo/{id}`; why is in the log. */
    readonly ids: readonly string[];
  };
}

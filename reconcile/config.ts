/** What the program tells the reconciler through its environment. */
export interface ReconcileConfig {
  readonly bucket: string;
  readonly table: string;
  /** The worker's queue, for events that were lost. */
  readonly queueUrl: string;
  /** How many days an upload in parts may take. */
  readonly multipartDays: number;
  /** Nothing is touched that became due, or changed what is counted, within so many seconds. */
  readonly graceSeconds: number;
}

/** Longer than clocks differ, requests last and indexes lag. */
const leastGraceSeconds = 60;
const defaultGraceSeconds = 3600;

/** Parses the environment; throws one error that names every variable that is missing or wrong. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ReconcileConfig {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") problems.push(`${name} is not set`);
    return value;
  };
  const days = text("LATCHKEY_MULTIPART_DAYS");
  const grace = env.LATCHKEY_GRACE_SECONDS ?? String(defaultGraceSeconds);
  const config: ReconcileConfig = {
    bucket: text("LATCHKEY_BUCKET"),
    table: text("LATCHKEY_TABLE"),
    queueUrl: text("LATCHKEY_QUEUE_URL"),
    multipartDays: Number(days),
    graceSeconds: Number(grace),
  };
  if (days !== "" && !/^[1-9]\d{0,2}$/.test(days)) {
    problems.push(`LATCHKEY_MULTIPART_DAYS is "${days}", not whole days from 1 to 999`);
  }
  if (!/^[1-9]\d{0,6}$/.test(grace) || config.graceSeconds < leastGraceSeconds) {
    problems.push(`LATCHKEY_GRACE_SECONDS is "${grace}", not whole seconds from ${leastGraceSeconds} on`);
  }
  if (problems.length > 0) throw new Error(`The reconciler can't start: ${problems.join("; ")}`);
  return config;
}

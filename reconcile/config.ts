/** What the program tells the reconciler through its environment. */
export interface ReconcileConfig {
  readonly bucket: string;
  readonly table: string;
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
  const grace = env.LATCHKEY_GRACE_SECONDS ?? String(defaultGraceSeconds);
  const config: ReconcileConfig = {
    bucket: text("LATCHKEY_BUCKET"),
    table: text("LATCHKEY_TABLE"),
    graceSeconds: Number(grace),
  };
  if (!/^[1-9]\d{0,6}$/.test(grace) || config.graceSeconds < leastGraceSeconds) {
    problems.push(`LATCHKEY_GRACE_SECONDS is "${grace}", not whole seconds from ${leastGraceSeconds} on`);
  }
  if (problems.length > 0) throw new Error(`The reconciler can't start: ${problems.join("; ")}`);
  return config;
}

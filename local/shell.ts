/** Commands for a POSIX shell. */
export interface Step {
  /** What the step shows, as a shell comment. */
  readonly title: string;
  readonly commands: readonly string[];
}

/** The steps as one script. */
export function asShell(steps: readonly Step[]): string {
  return steps.map(({ title, commands }) => [`# ${title}`, ...commands].join("\n")).join("\n\n");
}

/** A word that a POSIX shell takes literally, whatever a generated password holds. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import type { Measured } from "./interleave.ts";

/** A ratio that the design asks for, and whether this run has it. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly wanted: number;
  readonly atLeast: boolean;
  /** What the limit itself reaches in the same run: nothing that does more work than the limit can do better. */
  readonly ceiling: number;
  /** What the ratio counts: "×" unless it is something else. */
  readonly unit?: string;
}

export type Verdict = "met" | "MISSED" | "beyond the ceiling";

/** Measures for about so many seconds. */
export type BenchPart = (seconds: number) => Promise<{ readonly table: string; readonly targets: readonly Target[] }>;

/** How many times faster `ours` is than `theirs`; the target is to be at least `wanted` times as fast. */
export function faster(what: string, ours: Measured, theirs: Measured, wanted: number, limit: Measured): Target {
  const times = (one: Measured) => theirs.microseconds / one.microseconds;
  return { what, measured: times(ours), wanted, atLeast: true, ceiling: times(limit) };
}

/** How many times as long `ours` takes as `theirs`; the target is at most `wanted` times. */
export function within(what: string, ours: Measured, theirs: Measured, wanted: number, limit = theirs): Target {
  const times = (one: Measured) => one.microseconds / theirs.microseconds;
  return { what, measured: times(ours), wanted, atLeast: false, ceiling: times(limit) };
}

/** How long `ours` takes; the target is at most `wanted` microseconds. */
export function lasting(what: string, ours: Measured, wanted: number, limit: Measured): Target {
  return {
    what,
    measured: ours.microseconds,
    wanted,
    atLeast: false,
    ceiling: limit.microseconds,
    unit: " µs",
  };
}

/** A target is excused only where this very run shows the limit itself to miss it. */
export function verdict({ measured, wanted, atLeast, ceiling }: Target): Verdict {
  const reaches = (value: number) => (atLeast ? value >= wanted : value <= wanted);
  if (reaches(measured)) return "met";
  return reaches(ceiling) ? "MISSED" : "beyond the ceiling";
}

/** What was measured, as a table: a title, then for each subject its time and how many a core does in a second. */
export function measuredTable(title: string, measured: readonly Measured[]): string {
  const rows = measured.map(({ name, microseconds }) => [
    name,
    microseconds.toFixed(microseconds < 100 ? 2 : 0),
    Math.round(1_000_000 / microseconds).toLocaleString("en"),
  ]);
  return table([[title, "µs each", "per second"], ...rows]);
}

export function targetsTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { what, measured, wanted, atLeast, ceiling, unit = "×" } = target;
    return [
      what,
      figure(measured, wanted) + unit,
      `${atLeast ? "≥" : "≤"} ${wanted}${unit}`,
      figure(ceiling, wanted) + unit,
      verdict(target),
    ];
  });
  return table([["Targets", "measured", "target", "ceiling", ""], ...rows]);
}

/** What the verdicts come to. */
export function conclusion(targets: readonly Target[]): string {
  const verdicts = new Set(targets.map(verdict));
  if (verdicts.has("MISSED")) return "Not all targets are met: see above.";
  if (verdicts.has("beyond the ceiling")) return "All targets are met that the limits themselves meet.";
  return "All targets are met.";
}

/** Three digits, or as many more as it takes to see on which side of the target it lies. */
function figure(measured: number, wanted: number): string {
  const digits = [3, 4, 5, 6].find((digits) => Number(measured.toPrecision(digits)) !== wanted) ?? 3;
  return measured >= 1000 ? measured.toFixed() : measured.toPrecision(digits);
}

/** Columns as wide as their widest cell, the first to the left and the rest to the right, a rule below the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

import { failuresOf } from "./failure-trap.ts";
import { RecordingMonitor } from "./monitor.ts";
import { clientOf } from "./monitor-client.ts";
import { type InvokeFunction, LocalProvider } from "./provider.ts";
import { type GrowingRecording, type RecordedResource, type Recording, startRecording } from "./recording.ts";
import type { StackFile } from "./stack-file.ts";

export interface RunOptions {
  readonly stackFile: StackFile;
  /** From `startRecording`; whoever holds it sees it fill. */
  readonly recording?: GrowingRecording;
  /** Runs a declared function for `aws:lambda/invocation:Invocation`. */
  readonly invoke: InvokeFunction;
  /** What to run; the platform's own program unless said otherwise. */
  readonly program?: () => Promise<Record<string, unknown>>;
  /** Called with every resource, and again with a component once its outputs are there. */
  readonly onRecorded?: (resource: RecordedResource) => void;
  readonly timeoutMilliseconds?: number;
}

/** What the program or a resource of it failed with; the message names the stack, and the resource where there is one. */
export class ProgramError extends Error {
  constructor(stack: string, failures: readonly string[]) {
    super([`The infra program failed for stack ${stack}:`, ...failures.map((failure) => `  ${failure}`)].join("\n"));
    this.name = "ProgramError";
  }
}

/** Pulumi's runtime keeps one program's state for the whole process, so programs take turns. */
let turn: Promise<unknown> = Promise.resolve();

/** Runs the infra program in this process and resolves to all that it declared; rejects with a ProgramError. */
export function runProgram(options: RunOptions): Promise<Recording> {
  const run = turn.then(() => runInTurn(options));
  turn = run.catch(() => {});
  return run;
}

async function runInTurn(options: RunOptions): Promise<Recording> {
  const { stackFile, recording = startRecording(stackFile), invoke, timeoutMilliseconds = 60_000 } = options;
  // Loaded here, so that whoever only needs the types and errors of this file does not pay for Pulumi and its provider.
  const { runtime } = await import("@pulumi/pulumi");
  const program = options.program ?? (await import("../../infra/index.ts")).default;
  const monitor = new RecordingMonitor(recording, new LocalProvider(recording, invoke), options.onRecorded);

  const failures = await failuresOf(async () => {
    runtime.setMockOptions(clientOf(monitor), stackFile.project, stackFile.stack, false, "local");
    runtime.setAllConfig({ ...stackFile.config });
    const settled = runtime.runInPulumiStack(program).finally(() => runtime.disconnect());
    await withinTime(settled, timeoutMilliseconds, monitor);
  });
  // When a resource fails, so does every output that rests on it: the resource's own words say it best.
  const told = monitor.failures.length > 0 ? monitor.failures : failures;
  if (told.length > 0) throw new ProgramError(stackFile.stack, [...new Set(told.map(({ message }) => message))]);
  return recording;
}

async function withinTime(work: Promise<unknown>, milliseconds: number, monitor: RecordingMonitor): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const waiting = monitor.underWay.join(", ") || "the program itself";
    reject(new Error(`it did not come to an end within ${milliseconds / 1000} s; still under way: ${waiting}`));
  }, milliseconds);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

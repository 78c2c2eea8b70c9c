import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { messageOf } from "./answers/answer.ts";
import { type RecordedResource, type Recording, record, startRecording } from "./recording.ts";
import type { RunOptions } from "./run.ts";
import type { StackFile } from "./stack-file.ts";

/** What the process that runs the program is sent. */
export type ToProgram =
  | { readonly kind: "run"; readonly stackFile: StackFile; readonly recording: Recording }
  | { readonly kind: "invoked"; readonly call: number; readonly result: string }
  | { readonly kind: "invocation-failed"; readonly call: number; readonly message: string };

/** What it sends. */
export type FromProgram =
  | { readonly kind: "recorded"; readonly resource: RecordedResource }
  | { readonly kind: "invoke"; readonly call: number; readonly urn: string; readonly payload: string }
  | { readonly kind: "finished"; readonly outputs: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly message: string };

export interface RunApartOptions extends Omit<RunOptions, "program" | "onRecorded"> {
  /** Changes what is recorded, or leaves it out; the program itself never learns of it. For tests of what must fail. */
  readonly edit?: (resource: RecordedResource) => RecordedResource | undefined;
}

const program = fileURLToPath(new URL("./run-apart-process.ts", import.meta.url));

/**
 * Does what runProgram does, in a process that ends with the program: Pulumi and its AWS provider hold 150 MB, which
 * would stay with the services for as long as they run. Rejects with the message of the ProgramError.
 */
export async function runProgramApart(options: RunApartOptions): Promise<Recording> {
  const { stackFile, recording = startRecording(stackFile), invoke, edit = (resource) => resource } = options;
  const child = fork(program, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const send = (message: ToProgram) => child.send(message);
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Recording>();

  child.on("message", async (message: FromProgram) => {
    switch (message.kind) {
      case "recorded": {
        const edited = edit(message.resource);
        return edited && record(recording, edited);
      }
      case "invoke": {
        const declared = recording.resources.find(({ urn }) => urn === message.urn);
        if (!declared) return reject(new Error(`the program ran a function that it never declared: ${message.urn}`));
        return invoke(declared, message.payload).then(
          (result) => send({ kind: "invoked", call: message.call, result }),
          (error) => send({ kind: "invocation-failed", call: message.call, message: messageOf(error) }),
        );
      }
      case "finished":
        Object.assign(recording.outputs, message.outputs);
        return resolve(recording);
      case "failed":
        return reject(new Error(message.message));
    }
  });
  child.on("error", reject);
  child.on("exit", (code, signal) => {
    reject(new Error(`the process of the infra program ended too soon (${signal ?? code})`));
  });
  try {
    send({ kind: "run", stackFile, recording });
    return await outcome;
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

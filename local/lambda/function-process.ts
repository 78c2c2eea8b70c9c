import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse } from "../parse.ts";
import { type Invocation, ProcessMessage } from "./process-messages.ts";

const bootstrap = fileURLToPath(new URL("bootstrap.ts", import.meta.url));
/** Lambda gives a function ten seconds to load. */
const LOAD_MS = 10_000;

export interface ProcessOptions {
  readonly taskRoot: string;
  /** All that the process sees of the world. */
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  /** Told each line that it prints. */
  readonly log: (line: string) => void;
}

/** What became of an invocation: the answer, or with `failed` the runtime's account of the error. */
export interface Outcome {
  readonly failed: boolean;
  /** JSON. */
  readonly payload: string;
}

/** The end of a process in the middle of its work, in Lambda's words. */
class RuntimeFailure extends Error {
  readonly errorType: "Runtime.ExitError" | "Sandbox.Timedout";

  constructor(errorType: RuntimeFailure["errorType"], message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** One execution environment of a function: a process that stays warm and takes one invocation at a time. */
export class FunctionProcess {
  readonly #child: ChildProcess;
  readonly #loaded: Promise<unknown>;
  readonly #exited: Promise<string>;

  constructor({ taskRoot, environment, memoryMegabytes, log }: ProcessOptions) {
    // Each execution environment has a /tmp to itself.
    const scratch = mkdtempSync(join(tmpdir(), "latchkey-function-"));
    const child = fork(bootstrap, {
      cwd: taskRoot,
      env: { ...environment, TMPDIR: scratch },
      execArgv: [`--max-old-space-size=${memoryMegabytes}`],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const output of [child.stdout, child.stderr]) if (output) createInterface(output).on("line", log);
    this.#exited = new Promise<string>((resolve) => {
      child.once("exit", (status, signal) => resolve(signal ? `signal: ${signal}` : `exit status ${status}`));
      child.once("error", (error) => resolve(error.message));
    }).finally(() => rm(scratch, { recursive: true, force: true }));
    this.#child = child;
    this.#loaded = this.#nextMessage();
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.#child.connected && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** A process that takes too long, dies or cannot load its handler is ended; another must take its place. */
  async invoke(invocation: Omit<Invocation, "deadline">, timeoutSeconds: number): Promise<Outcome> {
    try {
      const loaded = await this.#within(LOAD_MS, "Init timed out", this.#loaded);
      if (loaded.kind === "failure") return this.#giveUp(JSON.stringify(loaded.error));
      const answered = this.#nextMessage();
      const milliseconds = timeoutSeconds * 1000;
      const request: Invocation = { ...invocation, deadline: Date.now() + milliseconds };
      // When it cannot be told, its exit says so.
      this.#child.send(request, () => {});
      const timedOut = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      const answer = await this.#within(milliseconds, timedOut, answered);
      if (answer.kind === "result") return { failed: false, payload: answer.payload };
      if (answer.kind === "failure") return { failed: true, payload: JSON.stringify(answer.error) };
      throw new Error("a function's process said that it is ready in answer to an invocation");
    } catch (error) {
      if (!(error instanceof RuntimeFailure)) throw error;
      const { errorType, message } = error;
      const errorMessage = `RequestId: ${invocation.requestId} Error: ${message}`;
      return this.#giveUp(JSON.stringify({ errorType, errorMessage }));
    }
  }

  /** Resolves when the process is gone, whatever it was at. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #giveUp(payload: string): Promise<Outcome> {
    await this.kill();
    return { failed: true, payload };
  }

  #nextMessage(): Promise<unknown> {
    return new Promise((resolve) => this.#child.once("message", resolve));
  }

  async #within(milliseconds: number, timedOut: string, message: Promise<unknown>): Promise<ProcessMessage> {
    const decided = new AbortController();
    try {
      const first = await Promise.race([
        message,
        this.#exited.then((how) => {
          throw new RuntimeFailure("Runtime.ExitError", `Runtime exited with error: ${how}`);
        }),
        delay(milliseconds, undefined, { signal: decided.signal }).then(() => {
          throw new RuntimeFailure("Sandbox.Timedout", timedOut);
        }),
      ]);
      return parse(ProcessMessage, first, (fault) => new Error(`a function's process said something else: ${fault}`));
    } finally {
      decided.abort();
    }
  }
}

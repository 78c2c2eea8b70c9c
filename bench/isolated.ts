import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Subject } from "./interleave.ts";

/** Does a thing that often. */
export type Operation = (times: number) => Promise<void> | void;

/** What a module that is measured exports as `operations`: how to get ready for each. */
export type Operations = Readonly<Record<string, (...parameters: string[]) => Promise<Operation> | Operation>>;

/** The operation of calling a function that often, one call after the other. */
export function repeat(call: () => unknown): Operation {
  return async (times) => {
    for (let turn = 0; turn < times; turn++) {
      const result = call();
      if (result instanceof Promise) await result;
    }
  };
}

export interface IsolatedOptions {
  /** How many things one call does. */
  readonly per?: number;
  readonly parameters?: readonly string[];
}

/**
 * A subject in a process of its own, as in production: beside the code of others, what V8 has learnt of theirs would slow
 * it down. Its measure is CPU time and not the clock's, which on a shared machine also counts the work of others.
 */
export async function isolated(
  name: string,
  module: string,
  operation: string,
  { per = 1, parameters = [] }: IsolatedOptions = {},
): Promise<Subject> {
  const child = fork(fileURLToPath(new URL("isolated-child.ts", import.meta.url)), [module, operation, ...parameters]);
  const answer = () =>
    new Promise<number>((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`${name}: its process ended with ${code}`));
      child.once("exit", onExit).once("message", (message) => {
        child.off("exit", onExit);
        resolve(Number(message));
      });
    });
  await answer(); // That it is ready.
  return {
    name,
    async round() {
      child.send("round");
      return (await answer()) / per;
    },
    close: () => child.disconnect(),
  };
}

/*
 * Loaded ahead of the tests, which Mocha runs a file at a time in each of a few processes: fails a file that leaves something
 * running, and says what kind of thing. In an app it would keep the process from ending.
 */

import { setTimeout } from "node:timers/promises";
import type { Context } from "mocha";

const graceMs = 20_000;

// The streams that are made when they are first used belong to the process, and not to the file that writes first.
const _ = [process.stdout, process.stderr];

type Kinds = ReadonlyMap<string, number>;
let before: Kinds = new Map();

export const mochaHooks = {
  async beforeAll() {
    before = await running();
  },

  async afterAll(this: Context) {
    const deadline = performance.now() + graceMs;
    for (let left = await leftovers(); left.length > 0; left = await leftovers()) {
      if (performance.now() > deadline) {
        throw new Error(
          `${graceMs / 1000} s after the last test something still runs that ${this.test?.parent?.suites[0]?.file} started: ${left.join(", ")}. ` +
            "Close it in the test's `after`, also when the test fails.",
        );
      }
    }
  },
};

/** Such as `ProcessWrap`, `2 TCPSocketWrap`: what keeps the process alive now and did not before the file's tests. */
async function leftovers(): Promise<string[]> {
  return [...(await running())]
    .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`));
}

async function running(): Promise<Kinds> {
  // By now a hook has its time limit set, which is a timer too.
  await setTimeout(20);
  const kinds = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  // Node keeps these to use them again: they stand for no open file.
  kinds.delete("FileHandleReadWrap");
  return new Map([...kinds].map(([kind, all]) => [kind, all.length]));
}

import type { Subject } from "./interleave.ts";

/** A subject measured by the clock, in this process: for work that waits, or that goes on in threads of its own. */
export function clocked(name: string, work: () => Promise<unknown>): Subject {
  return {
    name,
    async round() {
      const begun = performance.now();
      await work();
      return (performance.now() - begun) * 1000;
    },
  };
}

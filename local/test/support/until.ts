import { setTimeout as delay } from "node:timers/promises";

/** Resolves once something holds; the test's own timeout is the bound. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(10);
}

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/**
 * `lost` is done, but the answer never comes; `refused` is never done. After `killed`, the caller does nothing more: every
 * request of theirs fails, until the faults are lifted.
 */
export const faultModes = ["refused", "lost", "killed before", "killed after"] as const;
export type FaultMode = (typeof faultModes)[number];

export interface Faults {
  /** Whether the fault has come. */
  readonly struck: () => boolean;
  lift(): void;
}

const writes = /^(Put|Update|Delete|TransactWrite|BatchWrite)/;

/** Lets the n-th write of a client fail, counted from 1 and from now on. */
export function injectFault({ middlewareStack }: DynamoDBClient, n: number, mode: FaultMode): Faults {
  let [count, dead, struck] = [0, false, false];
  middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (dead) throw unreachable();
        if (writes.test(commandName)) count += 1;
        if (count !== n || struck) return next(args);
        struck = true;
        dead = mode.startsWith("killed");
        if (mode === "lost" || mode === "killed after") await next(args);
        throw unreachable();
      },
    // Outside the SDK's own retries, as if each of them had failed.
    { step: "initialize", name: "fault", priority: "high" },
  );
  return { struck: () => struck, lift: () => void middlewareStack.remove("fault") };
}

function unreachable(): Error {
  return Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
}

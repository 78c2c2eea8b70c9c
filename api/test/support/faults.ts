import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";

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

const writes = /^(Put|Update|Delete|TransactWrite|BatchWrite|Abort|Send)/;

export interface FaultyClients {
  readonly dynamoDb: DynamoDBClient;
  readonly s3?: S3Client;
  readonly sqs?: SQSClient;
}

/** Lets the n-th write of some clients fail, counted over all of them from 1 and from now on. */
export function injectFault({ dynamoDb, s3, sqs }: FaultyClients, n: number, mode: FaultMode): Faults {
  let [count, dead, struck] = [0, false, false];

  async function send<T>(commandName = "", next: () => Promise<T>): Promise<T> {
    if (dead) throw unreachable();
    if (writes.test(commandName)) count += 1;
    if (count !== n || struck) return next();
    struck = true;
    dead = mode.startsWith("killed");
    if (mode === "lost" || mode === "killed after") await next();
    throw unreachable();
  }

  // Outside the SDK's own retries, as if each of them had failed.
  const place = { step: "initialize", name: "fault", priority: "high" } as const;
  dynamoDb.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        send(commandName, () => next(args)),
    place,
  );
  s3?.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        send(commandName, () => next(args)),
    place,
  );
  sqs?.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        send(commandName, () => next(args)),
    place,
  );
  return {
    struck: () => struck,
    lift() {
      for (const client of [dynamoDb, s3, sqs]) client?.middlewareStack.remove("fault");
    },
  };
}

function unreachable(): Error {
  return Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
}

import type { S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Item } from "../../../api/adapters/dynamodb/keys.ts";
import { createStores } from "../../../api/compose/stores.ts";
import { emptyTable, wholeTable } from "../../../api/test/support/whole-table.ts";
import { queueUrl } from "../../../local/test/support/test-queue.ts";
import {
  bucket,
  sqsEvent,
  startTestPlatform,
  type TestPlatform,
} from "../../../renditions/test/support/test-platform.ts";
import { wire } from "../../compose.ts";
import type { RunOptions } from "../../reconcile.ts";
import type { Report } from "../../report.ts";

export const hourMs = 3600 * 1000;
export const dayMs = 24 * hourMs;
export const ago = (ms: number) => new Date(Date.now() - ms);

/** The platform with its worker, and the reconciler beside it, whose grace is an hour. */
export interface TestReconciler {
  readonly platform: TestPlatform;
  readonly stores: ReturnType<typeof createStores>;
  readonly table: { readonly client: TestPlatform["clients"]["dynamoDb"]; readonly tableName: string };
  /** What the reconciler logged. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** An hour and a minute ahead of the present if not said otherwise, so that what happened just now is past the grace. */
  run(options?: Partial<RunOptions> & { readonly at?: Date; readonly s3?: S3Client }): Promise<Report>;
  /** Ends the run when one of its walks first keeps its place. */
  runUntilPlaceIsKept(walk: string): Promise<Report>;
  /** Lets the worker do all that S3, or the reconciler, has for it to do. */
  settle(): Promise<void>;
  items(): Promise<Item[]>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestReconciler(): Promise<TestReconciler> {
  const platform = await startTestPlatform();
  const { dynamoDb, s3, sqs } = platform.clients;
  const QueueUrl = queueUrl("uploads");
  const table = { client: dynamoDb, tableName: "photos" };
  const logged: Readonly<Record<string, unknown>>[] = [];
  const test: TestReconciler = {
    platform,
    table,
    logged,
    stores: createStores({ ...table, now: () => new Date() }),
    run({ at = new Date(Date.now() + hourMs + 60_000), s3: other = s3, dryRun = false, ...options } = {}) {
      const clients = { dynamoDb, s3: other, sqs, now: () => at };
      const config = {
        bucket,
        table: table.tableName,
        queueUrl: QueueUrl,
        multipartDays: 7,
        graceSeconds: hourMs / 1000,
      };
      return wire(config, clients, (entry) => logged.push(entry))({ dryRun, ...options });
    },
    async runUntilPlaceIsKept(walk) {
      const stop = new AbortController();
      dynamoDb.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const keepsPlace = commandName === "PutItemCommand" && JSON.stringify(args.input).includes(`#${walk}"`);
            if (keepsPlace) stop.abort();
            return next(args);
          },
        { step: "initialize", name: "stop" },
      );
      const report = await test.run({ signal: stop.signal });
      dynamoDb.middlewareStack.remove("stop");
      return report;
    },
    async settle() {
      for (;;) {
        await platform.drain();
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return;
        const { batchItemFailures } = await platform.handler(sqsEvent(...Messages.map(({ Body = "" }) => Body)));
        if (batchItemFailures.length > 0) throw new Error(`The worker failed: ${platform.logged.at(-1)}`);
        for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    },
    items: () => wholeTable(table),
    empty: () => emptyTable(table),
    close: () => platform.close(),
  };
  return test;
}

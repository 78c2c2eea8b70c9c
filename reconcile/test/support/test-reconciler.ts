import type { S3Client } from "@aws-sdk/client-s3";
import type { Item } from "../../../api/adapters/dynamodb/keys.ts";
import { createStores } from "../../../api/compose/stores.ts";
import { emptyTable, wholeTable } from "../../../api/test/support/whole-table.ts";
import { bucket, startTestPlatform, type TestPlatform } from "../../../renditions/test/support/test-platform.ts";
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
  items(): Promise<Item[]>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestReconciler(): Promise<TestReconciler> {
  const platform = await startTestPlatform();
  const { dynamoDb, s3 } = platform.clients;
  const table = { client: dynamoDb, tableName: "photos" };
  const logged: Readonly<Record<string, unknown>>[] = [];
  return {
    platform,
    table,
    logged,
    stores: createStores({ ...table, now: () => new Date() }),
    run({ at = new Date(Date.now() + hourMs + 60_000), s3: other = s3, dryRun = false, ...options } = {}) {
      const clients = { dynamoDb, s3: other, now: () => at };
      const config = { bucket, table: table.tableName, graceSeconds: hourMs / 1000 };
      return wire(config, clients, (entry) => logged.push(entry))({ dryRun, ...options });
    },
    items: () => wholeTable(table),
    empty: () => emptyTable(table),
    close: () => platform.close(),
  };
}

import { setTimeout as delay } from "node:timers/promises";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { mapBounded } from "../../domain/map-bounded.ts";
import { namesIn } from "./expressions.ts";
import { guard } from "./failures.ts";
import type { Item } from "./keys.ts";

/** DynamoDB's own limits on one request. */
const keysPerGet = 100;
const itemsPerWrite = 25;
const parallelRequests = 8;

export interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export interface BatchGetOptions {
  /** The only ones to read; without it all. DynamoDB charges for whole items either way. */
  readonly attributes?: readonly string[];
  /** Half the price where a moment's lag does no harm. */
  readonly consistent?: boolean;
}

/** Reads items by their keys, which must be distinct, in no order, and strongly consistent unless told otherwise. */
export async function batchGet(
  { client, tableName }: Table,
  keys: readonly Item[],
  { attributes, consistent = true }: BatchGetOptions = {},
): Promise<Item[]> {
  const projection = attributes?.map((name) => `#${name}`).join(", ");
  const options = {
    ConsistentRead: consistent,
    ...(projection && { ProjectionExpression: projection, ExpressionAttributeNames: namesIn(projection) }),
  };
  const found: Item[] = [];
  await mapBounded(chunks(keys, keysPerGet), parallelRequests, (chunk) =>
    untilProcessed(chunk, async (Keys) => {
      const RequestItems = { [tableName]: { Keys, ...options } };
      const answer = await guard(client.send(new BatchGetItemCommand({ RequestItems })));
      found.push(...(answer.Responses?.[tableName] ?? []));
      return answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    }),
  );
  return found;
}

/** Puts items without any condition. When it rejects, some of them may have been written. */
export async function batchPut({ client, tableName }: Table, items: readonly Item[]): Promise<void> {
  const writes = items.map((Item): WriteRequest => ({ PutRequest: { Item } }));
  await mapBounded(chunks(writes, itemsPerWrite), parallelRequests, (chunk) =>
    untilProcessed(chunk, async (pending) => {
      const RequestItems = { [tableName]: pending };
      const answer = await guard(client.send(new BatchWriteItemCommand({ RequestItems })));
      return answer.UnprocessedItems?.[tableName] ?? [];
    }),
  );
}

/** A batch succeeds even when DynamoDB left out part of it for lack of capacity: that part is for the caller to repeat. */
async function untilProcessed<T>(all: T[], send: (pending: T[]) => Promise<T[]>): Promise<void> {
  let pending = all;
  for (let longestMs = 50; longestMs <= 800; longestMs *= 2) {
    pending = await send(pending);
    if (pending.length === 0) return;
    await delay(Math.random() * longestMs);
  }
  throw new DependencyUnavailableError("dynamodb");
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

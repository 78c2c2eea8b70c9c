import { type AttributeValue, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Page, PageRequest } from "../../domain/ports/page.ts";
import type { Table } from "./batches.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { namesIn } from "./expressions.ts";
import { guard } from "./failures.ts";
import type { Item, Place } from "./keys.ts";

/** A list as a query reads it: all items of one partition whose sort keys begin alike. */
export interface List {
  /** Absent for a list of the table itself. */
  readonly index?: Place["index"];
  readonly partition: string;
  readonly sortPrefix: string;
  readonly newestFirst: boolean;
  /** Keeps items from being listed; `#name` stands for an attribute. The cursor belongs to the filter as well. */
  readonly filter?: {
    readonly expression: string;
    readonly values: Item;
    /** Whether to read many items for the few that are left. */
    readonly dropsMost: boolean;
  };
  /** The shape of what follows the prefix. */
  readonly sortShape: RegExp;
  /** The whole key of the item that a cursor stands at. */
  startKey(sort: string): Item;
}

/** What a page without room to spare reads at least, so that a filter does not make for a query an item. */
const filteredPage = 250;
/** A filtered page ends after so many queries, full or not. */
const filteredQueries = 4;

/** Items of a list in its order. A filtered page may hold fewer than `limit`, and still not be the last. */
export async function queryPage(table: Table, list: List, { limit, cursor }: PageRequest): Promise<Page<Item>> {
  const identity = identityOf(list);
  const items: Item[] = [];
  let after = cursor === undefined ? undefined : decodeCursor(identity, cursor, list.sortShape);

  for (let query = 0; query < filteredQueries; query += 1) {
    // One more than asked for tells whether this page is the last.
    const answer = await read(
      table,
      list,
      list.filter?.dropsMost ? Math.max(limit + 1, filteredPage) : limit + 1,
      after,
    );
    items.push(...(answer.Items ?? []));
    const last = items[limit - 1];
    if (last && items.length > limit) {
      return { items: items.slice(0, limit), nextCursor: encodeCursor(identity, sortOf(list, last)) };
    }
    if (!answer.LastEvaluatedKey) return { items };
    after = sortOf(list, answer.LastEvaluatedKey);
  }
  return { items, ...(after !== undefined && { nextCursor: encodeCursor(identity, after) }) };
}

function read({ client, tableName: TableName }: Table, list: List, Limit: number, after: string | undefined) {
  const [partition, sort] = keyNames(list);
  const KeyConditionExpression = `#${partition} = :partition AND begins_with(#${sort}, :prefix)`;
  const { expression, values } = list.filter ?? { values: {} };
  return guard(
    client.send(
      new QueryCommand({
        TableName,
        ...(list.index && { IndexName: list.index }),
        KeyConditionExpression,
        ...(expression && { FilterExpression: expression }),
        ExpressionAttributeNames: namesIn(KeyConditionExpression, expression ?? ""),
        ExpressionAttributeValues: {
          ":partition": { S: list.partition },
          ":prefix": { S: list.sortPrefix },
          ...values,
        },
        ...(after !== undefined && { ExclusiveStartKey: list.startKey(list.sortPrefix + after) }),
        ScanIndexForward: !list.newestFirst,
        // The table itself can be read as it is at this moment, an index can't.
        ...(!list.index && { ConsistentRead: true }),
        Limit,
      }),
    ),
  );
}

function keyNames({ index }: List): [partition: string, sort: string] {
  return index ? [`${index}pk`, `${index}sk`] : ["pk", "sk"];
}

function identityOf({ index, partition, sortPrefix, filter }: List): string {
  const values: Record<string, AttributeValue> = { ...filter?.values };
  // The time of the request is no part of what was asked for.
  delete values[":now"];
  return JSON.stringify([index ?? "", partition, sortPrefix, filter?.expression ?? "", values]);
}

/** What of an item's sort key follows the prefix. */
function sortOf(list: List, item: Item): string {
  const [, sort] = keyNames(list);
  const value = item[sort]?.S;
  if (value === undefined) throw new TypeError(`An item of the list ${list.partition} has no sort key ${sort}`);
  return value.slice(list.sortPrefix.length);
}

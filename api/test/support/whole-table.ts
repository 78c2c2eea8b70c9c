import { BatchWriteItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../adapters/dynamodb/keys.ts";
import type { TestDynamoDb } from "./dynamodb.ts";

type Table = Pick<TestDynamoDb, "client" | "tableName">;

/** Every item of a small table, in the order of their keys. */
export async function wholeTable({ client, tableName: TableName }: Table): Promise<Item[]> {
  const items: Item[] = [];
  let after: Item | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey: after }));
    items.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after);
  const name = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`;
  return items.toSorted((one, other) => (name(one) < name(other) ? -1 : 1));
}

export async function emptyTable(table: Table): Promise<void> {
  const keys = (await wholeTable(table)).map(({ pk, sk }) => ({ ...(pk && { pk }), ...(sk && { sk }) }));
  for (let start = 0; start < keys.length; start += 25) {
    const requests = keys.slice(start, start + 25).map((Key) => ({ DeleteRequest: { Key } }));
    await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.tableName]: requests } }));
  }
}

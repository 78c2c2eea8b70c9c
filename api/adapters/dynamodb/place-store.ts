import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { PlaceStore } from "../../domain/ports/place-store.ts";
import { batchGet, type Table } from "./batches.ts";
import { guard } from "./failures.ts";
import { placeKey } from "./keys.ts";

/** Places in DynamoDB, each an item without an index. */
export function createDynamoDbPlaceStore(table: Table): PlaceStore {
  const { client, tableName: TableName } = table;
  return {
    async find(walk) {
      const [item] = await batchGet(table, [placeKey(walk)]);
      // What is no place is no reason to stop: the walk begins anew.
      return item?.place?.S;
    },
    async keep(walk, place) {
      await guard(client.send(new PutItemCommand({ TableName, Item: { ...placeKey(walk), place: { S: place } } })));
    },
    async forget(walk) {
      await guard(client.send(new DeleteItemCommand({ TableName, Key: placeKey(walk) })));
    },
  };
}

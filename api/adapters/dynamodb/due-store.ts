import { QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Due, DueStore } from "../../domain/ports/due-store.ts";
import { isAlbumItem, parseAlbumKey } from "./album-item.ts";
import type { Table } from "./batches.ts";
import { guard } from "./failures.ts";
import { type Item, places } from "./keys.ts";
import { parsePhotoKey } from "./photo-item.ts";

const duesPerPage = 100;

/** What is due in DynamoDB, by an index that holds keys alone. */
export function createDynamoDbDueStore(table: Table): DueStore {
  function query(before: Date, ExclusiveStartKey: Item | undefined) {
    const { index, partition } = places.due(before, "");
    return guard(
      table.client.send(
        new QueryCommand({
          TableName: table.tableName,
          IndexName: index,
          KeyConditionExpression: "#pk = :partition AND #sk < :before",
          ExpressionAttributeNames: { "#pk": `${index}pk`, "#sk": `${index}sk` },
          ExpressionAttributeValues: { ":partition": { S: partition }, ":before": { S: before.toISOString() } },
          Limit: duesPerPage,
          ExclusiveStartKey,
        }),
      ),
    );
  }

  return {
    async *pagesOfDue(before) {
      let after: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await query(before, after);
        yield Items.map(parseDue);
        after = LastEvaluatedKey;
      } while (after);
    },
  };
}

function parseDue(item: Item): Due {
  return isAlbumItem(item) ? { kind: "album", id: parseAlbumKey(item) } : { kind: "photo", id: parsePhotoKey(item) };
}

import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { isDueBefore } from "../../domain/photo-changes.ts";
import type { Due, DueStore } from "../../domain/ports/due-store.ts";
import { isAlbumItem, parseAlbumKey } from "./album-item.ts";
import { batchGet, type Table } from "./batches.ts";
import { guard } from "./failures.ts";
import { type Item, photoKey, places } from "./keys.ts";
import { parsePhotoItem, parsePhotoKey } from "./photo-item.ts";

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
        const photoKeys = Items.filter((item) => !isAlbumItem(item)).map((item) => photoKey(parsePhotoKey(item)));
        const photos = (await batchGet(table, photoKeys)).map(parsePhotoItem);
        yield [
          ...photos.filter((photo) => isDueBefore(photo, before)).map((photo): Due => ({ kind: "photo", photo })),
          ...Items.filter(isAlbumItem).map((item): Due => ({ kind: "album", id: parseAlbumKey(item) })),
        ];
        after = LastEvaluatedKey;
      } while (after);
    },
  };
}

import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { mergeNewest, type ReadOlder, type Unread } from "../../domain/merge-newest.ts";
import type { PhotoId, UserId } from "../../domain/photo.ts";
import type { FeedStore } from "../../domain/ports/feed-store.ts";
import { idIn, optional, text } from "./attributes.ts";
import { batchGet, type Table } from "./batches.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { namesIn } from "./expressions.ts";
import { guard } from "./failures.ts";
import { places, userKey } from "./keys.ts";
import { parseUserKey } from "./user-item.ts";

/** As many keys of the index as DynamoDB reads for the price of one. */
const idsPerRead = 25;
const photoIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Instances that make ids may have clocks that differ by so much. */
const clockSkewMs = 60_000;

/**
 * The feed, put together when it is read. Each owner's newest id tells how new their photos can be at most, so that only
 * those are asked whose photos may be on the page.
 */
export function createDynamoDbFeedStore(table: Table): FeedStore {
  const { client, tableName: TableName } = table;

  async function unreadOf(ownerIds: readonly UserId[], before: PhotoId | undefined): Promise<Unread<UserId>[]> {
    const items = await batchGet(table, ownerIds.map(userKey), {
      attributes: ["pk", "newestPhotoId"],
      consistent: false,
    });
    return items.flatMap((item) => {
      const { newestPhotoId } = optional(item, "newestPhotoId", text);
      if (newestPhotoId === undefined) return [];
      const bound = newestPossible(newestPhotoId);
      return [{ key: parseUserKey(item), before: before !== undefined && before < bound ? before : bound }];
    });
  }

  const readOlder: ReadOlder<UserId> = async ({ key: ownerId, before }) => {
    const { index, partition, sort } = places.sharedPhoto(ownerId, before);
    const condition = `#${index}pk = :partition AND #${index}sk < :before`;
    const { Items = [], LastEvaluatedKey } = await guard(
      client.send(
        new QueryCommand({
          TableName,
          IndexName: index,
          KeyConditionExpression: condition,
          ExpressionAttributeNames: namesIn(condition),
          ExpressionAttributeValues: { ":partition": { S: partition }, ":before": { S: sort } },
          ScanIndexForward: false,
          Limit: idsPerRead,
        }),
      ),
    );
    return { ids: Items.map((item) => idIn(item, "pk", "PHOTO#")), more: LastEvaluatedKey !== undefined };
  };

  return {
    async listShared(readerId, ownerIds, { limit, cursor }) {
      const list = `FEED#${readerId}`;
      const before = cursor === undefined ? undefined : decodeCursor(list, cursor, photoIdPattern);
      // One more than asked for tells whether this page is the last.
      const ids = await mergeNewest(await unreadOf(ownerIds, before), limit + 1, readOlder);
      const last = ids[limit - 1];
      if (last === undefined || ids.length <= limit) return { items: ids };
      return { items: ids.slice(0, limit), nextCursor: encodeCursor(list, last) };
    },
  };
}

/** Sorts after every id that was made up to `clockSkewMs` later than this one. */
function newestPossible(id: PhotoId): PhotoId {
  const milliseconds = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) + clockSkewMs;
  const time = milliseconds.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-ffff-ffff-ffffffffffff`;
}

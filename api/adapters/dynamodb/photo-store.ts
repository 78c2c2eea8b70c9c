import { DeleteItemCommand, GetItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Photo, PhotoId, SignedPart } from "../../domain/photo.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { PhotoStore, SignatureStore } from "../../domain/ports/photo-store.ts";
import { isForSameWindow } from "../../domain/window.ts";
import { batchGet, batchPut, type Table } from "./batches.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { guard, guardCondition } from "./failures.ts";
import { decodeCursor, encodeCursor, type ListedPhotos } from "./photo-cursor.ts";
import {
  type Item,
  indexKey,
  isLapsed,
  ownerKey,
  parsePhotoItem,
  parsePhotoKey,
  photoKey,
  signatureAttribute,
  toPhotoItem,
  toSeconds,
  toSignatureValue,
} from "./photo-item.ts";

export interface DynamoDbPhotoStoreOptions extends Table {
  readonly now?: Clock;
}

/** A change of one item. `#name` in a condition stands for the attribute `name`. */
interface ItemChange {
  readonly set?: Item;
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values?: Item;
}

/** A filtered list reads this much at most before it answers a page that is not full. */
const filteredPage = 250;
const filteredPages = 4;

const notLapsed = "(attribute_not_exists(#ttl) OR #ttl > :now)";

/**
 * Photos in DynamoDB. Reads by id are strongly consistent, so that a right that is taken away is gone at the next
 * request; lists follow their index, which lags a moment behind.
 */
export function createDynamoDbPhotoStore(options: DynamoDbPhotoStoreOptions): PhotoStore & SignatureStore {
  const { client, tableName: TableName, now = () => new Date() } = options;

  function parseAlive(item: Item | undefined): Photo | undefined {
    return item && !isLapsed(item, now()) ? parsePhotoItem(item) : undefined;
  }

  async function find(id: PhotoId): Promise<Photo | undefined> {
    const get = new GetItemCommand({ TableName, Key: photoKey(id), ConsistentRead: true });
    return parseAlive((await guard(client.send(get))).Item);
  }

  /** Resolves to undefined, with nothing written, when the photo is absent or the condition does not hold. */
  async function change(id: PhotoId, { set = {}, remove = [], condition, values }: ItemChange) {
    const update = updateExpression(set, remove);
    const ConditionExpression = ["attribute_exists(#pk)", notLapsed, ...(condition ? [condition] : [])].join(" AND ");
    const command = new UpdateItemCommand({
      TableName,
      Key: photoKey(id),
      ...(update.expression && { UpdateExpression: update.expression }),
      ConditionExpression,
      ExpressionAttributeNames: namesIn(update.expression, ConditionExpression),
      ExpressionAttributeValues: { ...update.values, ...values, ":now": toSeconds(now()) },
      ReturnValues: "ALL_NEW",
    });
    const answer = await guardCondition(client.send(command));
    return answer?.Attributes && parsePhotoItem(answer.Attributes);
  }

  async function listPage(list: ListedPhotos, limit: number, after: PhotoId | undefined) {
    const visible = list.visibility ? " AND #visibility = :visibility" : "";
    const KeyConditionExpression = "#gsi1pk = :owner";
    const FilterExpression = notLapsed + visible;
    const { Items = [], LastEvaluatedKey } = await guard(
      client.send(
        new QueryCommand({
          TableName,
          IndexName: "gsi1",
          KeyConditionExpression,
          FilterExpression,
          ExpressionAttributeNames: namesIn(KeyConditionExpression, FilterExpression),
          ExpressionAttributeValues: {
            ":owner": ownerKey(list.ownerId),
            ":now": toSeconds(now()),
            ...(list.visibility && { ":visibility": { S: list.visibility } }),
          },
          ...(after && { ExclusiveStartKey: indexKey(list.ownerId, after) }),
          ScanIndexForward: false,
          Limit: limit,
        }),
      ),
    );
    return { photos: Items.map(parsePhotoItem), readUpTo: LastEvaluatedKey && parsePhotoKey(LastEvaluatedKey) };
  }

  return {
    find,

    async reserve(photos, reservedUntil) {
      await batchPut(
        options,
        photos.map((photo) => toPhotoItem(photo, reservedUntil)),
      );
    },

    async findMany(ids) {
      const items = await batchGet(options, [...new Set(ids)].map(photoKey));
      const found = new Map(items.map((item) => [parsePhotoKey(item), parseAlive(item)]));
      return ids.map((id) => found.get(id));
    },

    async listByOwner(ownerId, { limit, cursor, visibility }) {
      const list = { ownerId, visibility };
      const photos: Photo[] = [];
      let after = cursor === undefined ? undefined : decodeCursor(list, cursor);
      for (let page = 0; page < filteredPages; page += 1) {
        // One more than asked for tells whether this page is the last.
        const read = await listPage(list, visibility ? filteredPage : limit + 1, after);
        photos.push(...read.photos);
        const last = photos[limit - 1];
        if (last && photos.length > limit) {
          return { items: photos.slice(0, limit), nextCursor: encodeCursor(list, last.id) };
        }
        if (!read.readUpTo) return { items: photos };
        after = read.readUpTo;
      }
      return { items: photos, ...(after !== undefined && { nextCursor: encodeCursor(list, after) }) };
    },

    async update(id, { title, visibility }) {
      return change(id, {
        set: {
          ...(typeof title === "string" && { title: { S: title } }),
          ...(visibility && { visibility: { S: visibility } }),
        },
        remove: title === null ? ["title"] : [],
      });
    },

    async beginProcessing(id) {
      const begun = await change(id, {
        set: { status: { S: "processing" } },
        condition: "#status = :pending",
        values: { ":pending": { S: "pending" } },
      });
      return begun ?? find(id);
    },

    async markReady(id, { width, height, takenAt }) {
      return change(id, {
        set: {
          status: { S: "ready" },
          width: { N: String(width) },
          height: { N: String(height) },
          ...(takenAt && { takenAt: { S: takenAt.toISOString() } }),
        },
        remove: ["ttl"],
        condition: "#status = :processing",
        values: { ":processing": { S: "processing" } },
      });
    },

    async markRejected(id, reason) {
      return change(id, {
        set: { status: { S: "rejected" }, reason: { S: reason } },
        condition: "#status IN (:pending, :processing)",
        values: { ":pending": { S: "pending" }, ":processing": { S: "processing" } },
      });
    },

    async remove(id) {
      await guard(client.send(new DeleteItemCommand({ TableName, Key: photoKey(id) })));
    },

    async keepSignature(id, part, signature) {
      const kept = await change(id, {
        set: { [signatureAttribute[part]]: toSignatureValue(signature) },
        condition: supersedes(part),
        values: {
          ":expiresAt": toSeconds(signature.expiresAt),
          ":keyId": { S: signature.keyId },
          ":resource": { S: signature.resource },
        },
      });
      if (kept) return signature;
      const first = (await find(id))?.signatures?.[part];
      return first && isForSameWindow(first, signature) ? first : signature;
    },
  };
}

/** Never an older window, so that instances whose clocks differ don't take turns in overwriting each other. */
function supersedes(part: SignedPart): string {
  const kept = `#${signatureAttribute[part]}`;
  const other = `${kept}.#keyId <> :keyId OR ${kept}.#resource <> :resource`;
  return `(attribute_not_exists(${kept}) OR ${kept}.#expiresAt < :expiresAt OR (${kept}.#expiresAt = :expiresAt AND (${other})))`;
}

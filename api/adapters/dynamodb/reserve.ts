import { setTimeout as delay } from "node:timers/promises";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DependencyUnavailableError, QuotaExceededError } from "../../domain/errors.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { Photo, UserId } from "../../domain/photo.ts";
import { nothing, sumOf, type Usage, usageOf } from "../../domain/photo-changes.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { PhotoStore } from "../../domain/ports/photo-store.ts";
import type { Table } from "./batches.ts";
import { namesIn } from "./expressions.ts";
import { guard } from "./failures.ts";
import { userKey } from "./keys.ts";
import { useUpdate } from "./photo-counters.ts";
import { toPhotoItem } from "./photo-item.ts";
import { transact } from "./transact.ts";
import { parseUserItem } from "./user-item.ts";

/** A transaction takes 100 items, one of which is the owner's. */
const photosPerTransaction = 99;
/** Many reservations of one user at the same time have to wait for each other. */
const mostAttempts = 20;
const longestWaitMs = 500;

/** Photos and what their owner uses, written together or not at all, so that no two reservations share the last byte. */
export function createReserve({ client, tableName: TableName, now }: Table & { now: Clock }): PhotoStore["reserve"] {
  async function usedBy(ownerId: UserId): Promise<Usage> {
    const get = new GetItemCommand({ TableName, Key: userKey(ownerId), ConsistentRead: true });
    const { Item } = await guard(client.send(get));
    return Item ? parseUserItem(Item).usage : nothing;
  }

  /** All of them, or none, and then why. */
  async function write(photos: readonly Photo[], quota: Usage) {
    const [newest] = photos.toSorted((one, other) => (one.id < other.id ? 1 : -1));
    if (!newest) return undefined;
    const needed = photos.map(usageOf).reduce(sumOf, nothing);
    const { UpdateExpression, values } = useUpdate(newest.ownerId, needed, now(), {
      newestPhotoId: { S: newest.id },
    });
    const refused = await transact(client, [
      {
        Update: {
          TableName,
          Key: userKey(newest.ownerId),
          UpdateExpression,
          ConditionExpression: fits,
          ExpressionAttributeNames: namesIn(UpdateExpression, fits),
          ExpressionAttributeValues: {
            ...values,
            ":roomBytes": { N: String(quota.bytes - needed.bytes) },
            ":roomPhotos": { N: String(quota.photos - needed.photos) },
          },
        },
      },
      ...photos.map((photo) => ({
        Put: {
          TableName,
          Item: toPhotoItem(photo),
          ConditionExpression: "attribute_not_exists(#pk)",
          ExpressionAttributeNames: { "#pk": "pk" },
        },
      })),
    ]);
    return refused?.[0] === "condition" ? "full" : refused && "conflict";
  }

  async function reserveSome(photos: readonly Photo[], ownerId: UserId, quota: Usage): Promise<Outcome<Photo>[]> {
    // What the owner uses is read only when there may be too little left.
    let used = nothing;
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const outcomes = divide(photos, used, quota);
      const refused = await write(
        outcomes.filter((outcome) => "id" in outcome),
        quota,
      );
      if (!refused) return outcomes;
      if (refused === "full") used = await usedBy(ownerId);
      else await delay(Math.random() * Math.min(longestWaitMs, 10 * 2 ** attempt));
    }
    throw new DependencyUnavailableError("dynamodb");
  }

  return async (photos, quota) => {
    const outcomes: Outcome<Photo>[] = [];
    const [first] = photos;
    for (let start = 0; first && start < photos.length; start += photosPerTransaction) {
      const some = photos.slice(start, start + photosPerTransaction);
      outcomes.push(...(await reserveSome(some, first.ownerId, quota)));
    }
    return outcomes;
  };
}

/** Only counters that exist can be compared; that an empty account has room for what is asked is seen to before. */
const fits =
  "(attribute_not_exists(#usedBytes) OR #usedBytes <= :roomBytes) AND " +
  "(attribute_not_exists(#usedPhotos) OR #usedPhotos <= :roomPhotos)";

/** In order, each as long as it fits beside those before it. */
function divide(photos: readonly Photo[], used: Usage, quota: Usage): Outcome<Photo>[] {
  let taken = used;
  return photos.map((photo) => {
    const after = sumOf(taken, usageOf(photo));
    if (after.bytes > quota.bytes || after.photos > quota.photos) return new QuotaExceededError(taken, quota);
    taken = after;
    return photo;
  });
}

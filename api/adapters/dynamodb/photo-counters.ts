import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { AlbumId, Photo, UserId } from "../../domain/photo.ts";
import { countedIn, nothing, type Usage, usageOf } from "../../domain/photo-changes.ts";
import { aliveAlbum } from "./album-item.ts";
import { countedAt } from "./counted-at.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { albumKey, type Item, userKey } from "./keys.ts";
import { userPlacement } from "./user-item.ts";

/** A counter's part of a transaction. */
export interface CounterWrite {
  readonly write: TransactWriteItem;
  /** The album that refuses the write once it is deleted. */
  readonly album?: AlbumId;
}

/** What the counters of an owner and of albums have to follow when a photo becomes another, comes or goes. */
export function counterWrites(
  TableName: string,
  before: Photo | undefined,
  after: Photo | undefined,
  at: Date,
): CounterWrite[] {
  const ownerId = (after ?? before)?.ownerId;
  const [old, now] = [before ? usageOf(before) : nothing, after ? usageOf(after) : nothing];
  const [bytes, photos] = [now.bytes - old.bytes, now.photos - old.photos];
  const [left, entered] = [before && countedIn(before), after && countedIn(after)];
  return [
    ...(ownerId !== undefined && (bytes !== 0 || photos !== 0)
      ? [{ write: countUse(TableName, ownerId, { bytes, photos }, at) }]
      : []),
    ...(left !== undefined && left !== entered ? [countPhoto(TableName, left, -1, at)] : []),
    ...(entered !== undefined && left !== entered ? [countPhoto(TableName, entered, 1, at)] : []),
  ];
}

/** The change of a user's item by so many bytes and photos, with what else is to be set. */
export function useUpdate(userId: UserId, { bytes, photos }: Usage, at: Date, set: Item = {}) {
  const { expression, values } = updateExpression({ ...userPlacement(userId), ...countedAt(at), ...set }, []);
  return {
    UpdateExpression: `${expression} ADD #usedBytes :bytes, #usedPhotos :photos`,
    values: { ...values, ":bytes": { N: String(bytes) }, ":photos": { N: String(photos) } },
  };
}

function countUse(TableName: string, ownerId: UserId, difference: Usage, at: Date): TransactWriteItem {
  const { UpdateExpression, values } = useUpdate(ownerId, difference, at);
  return {
    Update: {
      TableName,
      Key: userKey(ownerId),
      UpdateExpression,
      ExpressionAttributeNames: namesIn(UpdateExpression),
      ExpressionAttributeValues: values,
    },
  };
}

function countPhoto(TableName: string, album: AlbumId, difference: 1 | -1, at: Date): CounterWrite {
  const { expression, values } = updateExpression(countedAt(at), []);
  const UpdateExpression = `${expression} ADD #photoCount :difference`;
  return {
    album,
    write: {
      Update: {
        TableName,
        Key: albumKey(album),
        UpdateExpression,
        ConditionExpression: aliveAlbum,
        ExpressionAttributeNames: namesIn(UpdateExpression, aliveAlbum),
        ExpressionAttributeValues: { ...values, ":difference": { N: String(difference) } },
      },
    },
  };
}

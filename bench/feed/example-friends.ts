import { batchPut, type Table } from "../../api/adapters/dynamodb/batches.ts";
import { toFriendItem } from "../../api/adapters/dynamodb/friend-item.ts";
import { type Item, userKey } from "../../api/adapters/dynamodb/keys.ts";
import { toPhotoItem } from "../../api/adapters/dynamodb/photo-item.ts";
import { userPlacement } from "../../api/adapters/dynamodb/user-item.ts";
import { createPhotoIds } from "../../api/adapters/photo-ids.ts";
import { ask, maxFriends, mirrored, strangers } from "../../api/domain/friendship.ts";
import type { Photo, UserId } from "../../api/domain/photo.ts";

const photosEach = 2;
const start = Date.parse("2026-01-01T00:00:00Z");
/** So that each of them shares every 24 days, at a time of their own. */
const apartMs = 7 * 60_000;

const friends = mirrored(ask(mirrored(ask(strangers))));

/** Puts a viewer who has as many friends as there may be, each with photos to share, and the viewer's own photos. */
export async function putExampleFriends(table: Table, viewerId: UserId): Promise<void> {
  let time = start;
  const newId = createPhotoIds(() => new Date(time));
  const friendIds = Array.from({ length: maxFriends }, (_, index) => `friend-${String(index).padStart(31, "0")}`);
  const newest = new Map<UserId, string>();
  const items: Item[] = [];
  const share = (ownerId: UserId) => {
    time += apartMs;
    const photo = examplePhoto(ownerId, newId(), new Date(time));
    newest.set(ownerId, photo.id);
    items.push(toPhotoItem(photo));
  };

  for (let round = 0; round < photosEach; round += 1) for (const friendId of friendIds) share(friendId);
  for (let count = 0; count < 200; count += 1) share(viewerId);
  for (const friendId of friendIds) {
    items.push(toFriendItem(viewerId, friendId, { friendship: friends, since: new Date(start), version: 2 }));
    items.push({
      ...userKey(friendId),
      ...userPlacement(friendId),
      usedPhotos: { N: String(photosEach) },
      newestPhotoId: { S: newest.get(friendId) ?? "" },
    });
  }
  await batchPut(table, items);
}

function examplePhoto(ownerId: UserId, id: string, createdAt: Date): Photo {
  return {
    id,
    ownerId,
    title: "At the lake",
    filename: "IMG_0042.jpg",
    contentType: "image/jpeg",
    size: 2_483_119,
    width: 4032,
    height: 3024,
    visibility: "friends",
    status: "ready",
    createdAt,
    version: 3,
  };
}

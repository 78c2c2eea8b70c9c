import { hash } from "node:crypto";
import type { UserId } from "../../domain/photo.ts";
import { newcomer, type User } from "../../domain/user.ts";
import { count, idIn, optional, text } from "./attributes.ts";
import { type Item, placed, places } from "./keys.ts";

/** Counters are absent until something is counted: whoever comes first writes the item, be it with a photo, a friend or a name. */
export const userAttributes = ["usedBytes", "usedPhotos", "friendCount", "displayName", "newestPhotoId"] as const;

/** A hex digit each, so that no partition of the list of users grows with all of them. */
export const userShards: readonly string[] = [..."0123456789abcdef"];

/** Which of the parts of the list a user stands in. */
export function shardOf(id: UserId): string {
  return hash("sha256", id, "hex").charAt(0);
}

/** The attributes that every write of a user's item sets, so that the reconciler finds whoever there is. */
export function userPlacement(id: UserId): Item {
  return placed(places.user(shardOf(id), id));
}

/** Throws TypeError naming the attribute where an item is not what this platform writes. */
export function parseUserItem(item: Item): User {
  const id = parseUserKey(item);
  const { usedBytes, usedPhotos, friendCount } = {
    ...optional(item, "usedBytes", count),
    ...optional(item, "usedPhotos", count),
    ...optional(item, "friendCount", count),
  };
  const none = newcomer(id);
  return {
    id,
    usage: { bytes: usedBytes ?? none.usage.bytes, photos: usedPhotos ?? none.usage.photos },
    friendCount: friendCount ?? none.friendCount,
    ...optional(item, "displayName", text),
    ...optional(item, "newestPhotoId", text),
  };
}

/** The id in the keys of a user's item, and of any other item in the user's partition. */
export function parseUserKey(item: Item): UserId {
  return idIn(item, "pk", "USER#");
}

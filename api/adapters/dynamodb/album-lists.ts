import type { AlbumId, UserId } from "../../domain/photo.ts";
import { userIdPattern } from "../../domain/user.ts";
import { indexList } from "./index-list.ts";
import { memberKey, places } from "./keys.ts";
import type { List } from "./query-page.ts";

/** Newest first. */
export function albumsOfMember(userId: UserId): List {
  return indexList(
    (id) => places.albumOfMember(userId, id),
    (id) => memberKey(id, userId),
  );
}

/** By user id. */
export function membersOf(id: AlbumId): List {
  const sortPrefix = "MEMBER#";
  return {
    partition: `ALBUM#${id}`,
    sortPrefix,
    newestFirst: false,
    sortShape: userIdPattern,
    startKey: (sort) => memberKey(id, sort.slice(sortPrefix.length)),
  };
}

import type { AlbumId, UserId } from "../../domain/photo.ts";
import { userIdPattern } from "../../domain/user.ts";
import { memberKey, placed, places, uuidPattern } from "./keys.ts";
import type { List } from "./query-page.ts";

/** Newest first, as the index has it: it may lag a moment behind. */
export function albumsOfMember(userId: UserId): List {
  const { index, partition, sort: sortPrefix } = places.albumOfMember(userId, "");
  return {
    index,
    partition,
    sortPrefix,
    newestFirst: true,
    sortShape: uuidPattern,
    startKey(sort) {
      const id = sort.slice(sortPrefix.length);
      return { ...memberKey(id, userId), ...placed(places.albumOfMember(userId, id)) };
    },
  };
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

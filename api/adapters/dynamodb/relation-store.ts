import type { RelationStore } from "../../domain/ports/relation-store.ts";
import { isAlbumItem, isDeletedAlbum, parseAlbumKey, parseMemberItem } from "./album-item.ts";
import { batchGet, type Table } from "./batches.ts";
import { parseFriendItem, parseFriendKey } from "./friend-item.ts";
import { albumKey, friendKey, type Item, memberKey } from "./keys.ts";

/** All that a page of photos depends on, read at once and strongly consistent. */
export function createDynamoDbRelationStore(table: Table): RelationStore {
  return {
    async relationsOf(userId, { users, albums }) {
      const others = [...new Set(users)].filter((other) => other !== userId);
      const items = await batchGet(table, [
        ...others.map((other) => friendKey(userId, other)),
        ...[...new Set(albums)].flatMap((album) => [memberKey(album, userId), albumKey(album)]),
      ]);
      const edges = items.filter(isFriendItem);
      const alive = new Set(items.filter((item) => isAlbumItem(item) && !isDeletedAlbum(item)).map(parseAlbumKey));
      const members = items.filter(isMemberItem).map(parseMemberItem);
      return {
        friendships: new Map(edges.map((item) => [parseFriendKey(item), parseFriendItem(item).friendship])),
        roles: new Map(members.filter(({ albumId }) => alive.has(albumId)).map(({ albumId, role }) => [albumId, role])),
      };
    },
  };
}

const isFriendItem = (item: Item) => item.sk?.S?.startsWith("FRIEND#") ?? false;
const isMemberItem = (item: Item) => item.sk?.S?.startsWith("MEMBER#") ?? false;

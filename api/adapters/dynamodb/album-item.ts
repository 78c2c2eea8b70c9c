import { type Album, albumRoles, type Member } from "../../domain/album.ts";
import type { AlbumId, UserId } from "../../domain/photo.ts";
import { count, date, idIn, oneOf, text } from "./attributes.ts";
import { albumKey, type Item, memberKey, placed, places } from "./keys.ts";

/** Where an album is deleted: what refers to it waits for the reconciler, and whoever reads it takes it for absent. */
export const deletedAlbum = "#deletedAt";
export const aliveAlbum = `attribute_exists(#pk) AND attribute_not_exists(${deletedAlbum})`;

export function toAlbumItem({ id, ownerId, title, createdAt, photoCount, memberCount, version }: Album): Item {
  return {
    ...albumKey(id),
    ownerId: { S: ownerId },
    title: { S: title },
    createdAt: { S: createdAt.toISOString() },
    photoCount: { N: String(photoCount) },
    memberCount: { N: String(memberCount) },
    version: { N: String(version) },
  };
}

/** Undefined for one that is deleted. Throws TypeError naming the attribute where an item is not what this platform writes. */
export function parseAliveAlbum(item: Item): Album | undefined {
  if (isDeletedAlbum(item)) return undefined;
  return {
    id: parseAlbumKey(item),
    ownerId: text(item, "ownerId"),
    title: text(item, "title"),
    createdAt: date(item, "createdAt"),
    photoCount: count(item, "photoCount"),
    memberCount: count(item, "memberCount"),
    version: count(item, "version"),
  };
}

export function isDeletedAlbum(item: Item): boolean {
  return item.deletedAt !== undefined;
}

export function toMemberItem({ albumId, userId, role, addedAt }: Member): Item {
  return {
    ...memberKey(albumId, userId),
    role: { S: role },
    addedAt: { S: addedAt.toISOString() },
    ...placed(places.albumOfMember(userId, albumId)),
  };
}

/** Throws TypeError naming the attribute where an item is not what this platform writes. */
export function parseMemberItem(item: Item): Member {
  return {
    albumId: parseAlbumKey(item),
    userId: parseMemberKey(item),
    role: oneOf(item, "role", albumRoles),
    addedAt: date(item, "addedAt"),
  };
}

export function isAlbumItem(item: Item): boolean {
  return item.sk?.S === "ALBUM";
}

/** The id in the keys of an album's item, and of any other item in the album's partition. */
export function parseAlbumKey(item: Item): AlbumId {
  return idIn(item, "pk", "ALBUM#");
}

function parseMemberKey(item: Item): UserId {
  return idIn(item, "sk", "MEMBER#");
}

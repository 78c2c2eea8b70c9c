import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { FriendStatus } from "../../domain/friendship.ts";
import type { AlbumId, PhotoId, UserId } from "../../domain/photo.ts";
import type { LinkId } from "../../domain/share-link.ts";

export type Item = Record<string, AttributeValue>;

/*
 * Every key of the table, here and nowhere else; docs/access-patterns.md says who reads what by which. `gsi1` holds whole
 * items; the other indexes hold keys alone, so that a counter costs no write of theirs, and what they list is read by key.
 */

const text = (value: string): AttributeValue => ({ S: value });

const primary = (pk: string, sk: string): Item => ({ pk: text(pk), sk: text(sk) });

export const photoKey = (id: PhotoId) => primary(`PHOTO#${id}`, "PHOTO");
export const albumKey = (id: AlbumId) => primary(`ALBUM#${id}`, "ALBUM");
export const memberKey = (id: AlbumId, userId: UserId) => primary(`ALBUM#${id}`, `MEMBER#${userId}`);
export const friendKey = (userId: UserId, otherId: UserId) => primary(`USER#${userId}`, `FRIEND#${otherId}`);
export const userKey = (id: UserId) => primary(`USER#${id}`, "USER");
export const linkKey = (id: LinkId) => primary(`LINK#${id}`, "LINK");
/** Where the reconciler keeps its place in a list. */
export const placeKey = (list: string) => primary(`RECONCILE#${list}`, "PLACE");
export const idempotencyKey = (hash: string, part: string) => primary(`IDEMPOTENCY#${hash}`, part);

/** What a cursor of a list by id may stand at. */
export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An index, and where an item stands in it. */
export interface Place {
  readonly index: "gsi1" | "gsi2" | "gsi3" | "gsi4";
  readonly partition: string;
  readonly sort: string;
}

const photoSort = (id: PhotoId) => `PHOTO#${id}`;

/** Where items stand in the indexes. UUIDv7s sort by time of creation. */
export const places = {
  photoOfOwner: (ownerId: UserId, id: PhotoId): Place => ({
    index: "gsi1",
    partition: `OWNER#${ownerId}`,
    sort: photoSort(id),
  }),
  linkOfCreator: (creatorId: UserId, id: LinkId): Place => ({
    index: "gsi1",
    partition: `OWNER#${creatorId}`,
    sort: `LINK#${id}`,
  }),
  albumOfMember: (userId: UserId, id: AlbumId): Place => ({
    index: "gsi1",
    partition: `MEMBER#${userId}`,
    sort: `ALBUM#${id}`,
  }),
  friendByStatus: (userId: UserId, status: FriendStatus, otherId: UserId): Place => ({
    index: "gsi1",
    partition: `USER#${userId}#${status}`,
    sort: `FRIEND#${otherId}`,
  }),
  photoOfAlbum: (albumId: AlbumId, id: PhotoId): Place => ({
    index: "gsi2",
    partition: `ALBUM#${albumId}`,
    sort: photoSort(id),
  }),
  /** All users, for the reconciler alone, in as many parts as a hex digit has values. */
  user: (shard: string, id: UserId): Place => ({ index: "gsi2", partition: `USERS#${shard}`, sort: `USER#${id}` }),
  sharedPhoto: (ownerId: UserId, id: PhotoId): Place => ({
    index: "gsi3",
    partition: `SHARED#${ownerId}`,
    sort: photoSort(id),
  }),
  /** What the reconciler takes away at its time. */
  due: (at: Date, what: string): Place => ({ index: "gsi4", partition: "DUE", sort: `${at.toISOString()}#${what}` }),
};

/** The attributes that put an item there. */
export function placed({ index, partition, sort }: Place): Item {
  return { [`${index}pk`]: text(partition), [`${index}sk`]: text(sort) };
}

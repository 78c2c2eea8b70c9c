import type { AlbumId, PhotoId, UserId, Visibility } from "../../domain/photo.ts";
import { indexList } from "./index-list.ts";
import { type Item, type Place, photoKey, places } from "./keys.ts";
import type { List } from "./query-page.ts";

export interface OwnerFilter {
  readonly visibility?: Visibility | undefined;
  readonly trashed?: boolean | undefined;
}

export function photosOfOwner(ownerId: UserId, { visibility, trashed = false }: OwnerFilter, now: Date): List {
  const conditions = [
    "(attribute_not_exists(#lapsesAt) OR #lapsesAt > :now)",
    trashed ? "attribute_exists(#trashedAt)" : "attribute_not_exists(#trashedAt)",
    ...(visibility ? ["#visibility = :visibility"] : []),
  ];
  const values: Item = {
    ":now": { S: now.toISOString() },
    ...(visibility && { ":visibility": { S: visibility } }),
  };
  return {
    ...allPhotosOfOwner(ownerId),
    filter: { expression: conditions.join(" AND "), values, dropsMost: trashed || visibility !== undefined },
  };
}

/** In whatever state they are. */
export function allPhotosOfOwner(ownerId: UserId): List {
  return photosAt((id) => places.photoOfOwner(ownerId, id));
}

export function sharedPhotos(ownerId: UserId): List {
  return photosAt((id) => places.sharedPhoto(ownerId, id));
}

export function photosOfAlbum(albumId: AlbumId): List {
  return photosAt((id) => places.photoOfAlbum(albumId, id));
}

function photosAt(placeOf: (id: PhotoId) => Place): List {
  return indexList(placeOf, photoKey);
}

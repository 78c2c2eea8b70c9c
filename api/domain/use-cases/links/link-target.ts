import type { Album } from "../../album.ts";
import { AlbumNotFoundError, PhotoNotFoundError } from "../../errors.ts";
import type { Photo } from "../../photo.ts";
import type { AlbumStore } from "../../ports/album-store.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { LinkTarget } from "../../share-link.ts";
import { roleFor, viewedAlbum } from "../albums/viewed-album.ts";
import { findOwnPhoto } from "../photos/own-photo.ts";

export type FoundTarget = { readonly photo: Photo } | { readonly album: Album };

export interface LinkTargetOptions {
  readonly photos: Pick<PhotoStore, "find">;
  readonly albums: Pick<AlbumStore, "find" | "findMember">;
}

/**
 * What a link leads to, if it is the user's to share at this moment; throws PhotoNotFoundError or AlbumNotFoundError
 * otherwise. It is asked again whenever the link is opened: a link is worth no more than its creator's right.
 */
export async function findTarget(
  { photos, albums }: LinkTargetOptions,
  user: Pick<Viewer, "userId">,
  target: LinkTarget,
): Promise<FoundTarget> {
  const viewer: Viewer = { userId: user.userId, groups: [] };
  if ("photoId" in target) {
    const photo = await findOwnPhoto(photos, viewer, target.photoId);
    if (photo.trashedAt) throw new PhotoNotFoundError(photo.id, "trashed");
    return { photo };
  }
  const role = await roleFor(albums, viewer, target.albumId, "share");
  return { album: viewedAlbum(await albums.find(target.albumId), role).album };
}

/** Whether an error says that there is nothing to share, rather than that it can't be told. */
export function isTargetGone(error: unknown): error is PhotoNotFoundError | AlbumNotFoundError {
  return error instanceof PhotoNotFoundError || error instanceof AlbumNotFoundError;
}

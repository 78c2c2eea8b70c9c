import { AlbumNotFoundError } from "../../errors.ts";
import type { AlbumId, Photo, PhotoId } from "../../photo.ts";
import { edit, type PhotoEdit } from "../../photo-changes.ts";
import { decideAlbum } from "../../policy.ts";
import type { AlbumStore } from "../../ports/album-store.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { findOwnPhoto, present } from "./own-photo.ts";

/**
 * Changes what an owner may change. URLs that were handed out before stay good until they expire. Throws
 * AlbumNotFoundError for an album that the viewer may not add photos to.
 */
export type ChangePhoto = (viewer: Viewer, id: PhotoId, change: PhotoEdit) => Promise<Photo>;

export interface ChangePhotoOptions {
  readonly photos: Pick<PhotoStore, "find" | "change">;
  readonly albums: Pick<AlbumStore, "find">;
  readonly relations: RelationStore;
}

export function createChangePhoto({ photos, albums, relations }: ChangePhotoOptions): ChangePhoto {
  return async (viewer, id, { title, ...change }) => {
    const photo = await findOwnPhoto(photos, viewer, id);
    const { albumId } = change;
    if (albumId && albumId !== photo.albumId) await admit(relations, viewer, albumId);
    // It may have been deleted, and not be cleared yet. Whoever is no member any more may leave the photo where it is.
    else if (albumId && !(await albums.find(albumId))) throw new AlbumNotFoundError("absent");
    const normal = title?.normalize("NFC") ?? title;
    return present(await photos.change(id, edit({ ...change, ...(normal !== undefined && { title: normal }) })), id);
  };
}

async function admit(relations: RelationStore, viewer: Viewer, albumId: AlbumId): Promise<void> {
  const { roles } = await relations.relationsOf(viewer.userId, { users: [], albums: [albumId] });
  const decision = decideAlbum(roles.get(albumId), "addOwnPhotos");
  if (!decision.allow) throw new AlbumNotFoundError(decision.because);
}

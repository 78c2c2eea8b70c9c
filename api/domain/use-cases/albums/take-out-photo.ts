import { AlbumNotFoundError, PhotoNotFoundError } from "../../errors.ts";
import type { AlbumId, PhotoId } from "../../photo.ts";
import { takeOutOf } from "../../photo-changes.ts";
import { decideAlbum, decideTakeOut } from "../../policy.ts";
import type { AlbumStore } from "../../ports/album-store.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/**
 * Takes a photo out of an album; it stays with its owner. Throws AlbumNotFoundError for what is not the viewer's to do,
 * PhotoNotFoundError for a photo that is not in the album.
 */
export type TakeOutPhoto = (viewer: Viewer, albumId: AlbumId, photoId: PhotoId) => Promise<void>;

export interface TakeOutPhotoOptions {
  readonly albums: Pick<AlbumStore, "findMember">;
  readonly photos: Pick<PhotoStore, "find" | "change">;
}

export function createTakeOutPhoto({ albums, photos }: TakeOutPhotoOptions): TakeOutPhoto {
  return async (viewer, albumId, photoId) => {
    const [member, found] = await Promise.all([albums.findMember(albumId, viewer.userId), photos.find(photoId)]);
    const photo = found?.albumId === albumId ? found : undefined;
    // Whether a photo is in the album is not for strangers to find out.
    const decision = photo ? decideTakeOut(viewer, photo, member?.role) : decideAlbum(member?.role, "takeOut");
    if (!decision.allow) throw new AlbumNotFoundError(decision.because);
    if (!photo) throw new PhotoNotFoundError(photoId, "absent");
    await photos.change(photoId, takeOutOf(albumId));
  };
}

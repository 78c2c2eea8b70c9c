import type { Photo, PhotoId } from "../../photo.ts";
import { restore, trash } from "../../photo-changes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { findOwnPhoto, present } from "./own-photo.ts";

/** Puts a photo into the trash, or takes it out again within 30 days; any number of times. */
export type TrashPhoto = (viewer: Viewer, id: PhotoId) => Promise<Photo>;

export interface TrashPhotoOptions {
  readonly photos: Pick<PhotoStore, "find" | "change">;
  readonly now: Clock;
}

export function createTrashPhoto({ photos, now }: TrashPhotoOptions): TrashPhoto {
  return async (viewer, id) => {
    await findOwnPhoto(photos, viewer, id);
    return present(await photos.change(id, trash(now())), id);
  };
}

export function createRestorePhoto({ photos }: Pick<TrashPhotoOptions, "photos">): TrashPhoto {
  return async (viewer, id) => {
    await findOwnPhoto(photos, viewer, id);
    return present(await photos.change(id, restore), id);
  };
}

import type { Photo, PhotoId } from "../../photo.ts";
import { beginProcessing } from "../../photo-changes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { findOwnPhoto, present } from "./own-photo.ts";

/** Notes that the bytes are there. S3's own event says the same, in either order and any number of times. */
export type CompletePhoto = (viewer: Viewer, id: PhotoId) => Promise<Photo>;

export interface CompletePhotoOptions {
  readonly photos: Pick<PhotoStore, "find" | "change">;
  readonly now: Clock;
}

export function createCompletePhoto({ photos, now }: CompletePhotoOptions): CompletePhoto {
  return async (viewer, id) => {
    const photo = await findOwnPhoto(photos, viewer, id);
    // Parts are no bytes of a photo until they are put together, by a call of their own.
    if (photo.multipart) return photo;
    return present(await photos.change(id, beginProcessing(now())), id);
  };
}

import type { Photo, PhotoId } from "../../photo.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { findOwnPhoto, present } from "./own-photo.ts";

/** Notes that the bytes are there. S3's own event says the same, in either order and any number of times. */
export type CompletePhoto = (viewer: Viewer, id: PhotoId) => Promise<Photo>;

export function createCompletePhoto({ store }: { store: Pick<PhotoStore, "find" | "beginProcessing"> }): CompletePhoto {
  return async (viewer, id) => {
    await findOwnPhoto(store, viewer, id);
    return present(await store.beginProcessing(id), id);
  };
}

import type { Photo, PhotoId } from "../../photo.ts";
import type { PhotoChange, PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { findOwnPhoto, present } from "./own-photo.ts";

/** Changes what an owner may change. URLs that were handed out before stay good until they expire. */
export type ChangePhoto = (viewer: Viewer, id: PhotoId, change: PhotoChange) => Promise<Photo>;

export function createChangePhoto({ store }: { store: Pick<PhotoStore, "find" | "update"> }): ChangePhoto {
  return async (viewer, id, change) => {
    await findOwnPhoto(store, viewer, id);
    const title = change.title?.normalize("NFC");
    return present(await store.update(id, title === undefined ? change : { ...change, title }), id);
  };
}

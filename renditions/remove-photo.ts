import { type PhotoId, photoKeys } from "../api/domain/photo.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { ObjectStore } from "./ports.ts";
import { uploadKeyPattern } from "./process-upload.ts";
import type { ObjectEvent } from "./s3-events.ts";

export interface RemovePhotoOptions {
  readonly photos: Pick<PhotoStore, "find" | "remove">;
  readonly objects: Pick<ObjectStore, "remove" | "removeAll">;
}

const originalKeyPattern = /^originals\/([0-9a-f-]{36})$/;

/**
 * Lets the rest of a photo follow its original: first the item, so that nobody is given a URL any more, and then what lies
 * in the bucket; resolves to the photo, whose copies at the edges are left. The original in turn follows its upload: its
 * owner may hold a request that deletes the upload from before the photo was made of it.
 */
export function createRemovePhoto({ photos, objects }: RemovePhotoOptions) {
  return async ({ key }: ObjectEvent): Promise<PhotoId | undefined> => {
    const uploadId = uploadKeyPattern.exec(key)?.[1];
    if (uploadId !== undefined) return followUpload(uploadId, key);
    const id = originalKeyPattern.exec(key)?.[1];
    if (id === undefined) return undefined;
    await photos.remove(id);
    // Never the original itself: its removal is what brought us here, and would again.
    await objects.removeAll(photoKeys.renditions(id));
    return id;
  };

  /** Whether there is an original yet or not: its removal is an event of its own, and does the rest. */
  async function followUpload(id: PhotoId, key: string): Promise<undefined> {
    const photo = await photos.find(id);
    if (photo && photoKeys.upload(photo) === key) await objects.remove(photoKeys.original(id));
  }
}

import { mediaKeys, type PhotoId, photoKeys } from "../api/domain/photo.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { Invalidate, ObjectStore } from "./ports.ts";
import { uploadKeyPattern } from "./process-upload.ts";
import type { ObjectEvent } from "./s3-events.ts";

export interface RemovePhotoOptions {
  readonly photos: Pick<PhotoStore, "find" | "remove">;
  readonly objects: Pick<ObjectStore, "remove">;
  readonly invalidate: Invalidate;
}

const originalKeyPattern = /^originals\/([0-9a-f-]{36})$/;

/**
 * Lets the rest of a photo follow its original: first the item, so that nobody is given a URL any more. The original in
 * turn follows its upload: its owner may hold a request that deletes the upload from before the photo was made of it.
 */
export function createRemovePhoto({ photos, objects, invalidate }: RemovePhotoOptions) {
  return async ({ key, sequencer }: ObjectEvent): Promise<void> => {
    const uploadId = uploadKeyPattern.exec(key)?.[1];
    if (uploadId !== undefined) return followUpload(uploadId, key);
    const id = originalKeyPattern.exec(key)?.[1];
    if (id === undefined) return;
    const photo = await photos.remove(id);
    const renditions = mediaKeys(id, photo);
    // Never the original itself: its removal is what brought us here, and would again.
    await Promise.all(renditions.map((rendition) => objects.remove(rendition)));
    // Each path in full: CloudFront works on 3000 of those at a time, and on 15 only that end in `*`.
    await invalidate(
      [...renditions, key].map((path) => `/${path}`),
      // CloudFront takes a reference again with the same paths only.
      photo ? `${id}-${sequencer}` : `${id}-${sequencer}-again`,
    );
  };

  /** Whether there is an original yet or not: its removal is an event of its own, and does the rest. */
  async function followUpload(id: PhotoId, key: string): Promise<void> {
    const photo = await photos.find(id);
    if (photo && photoKeys.upload(photo) === key) await objects.remove(photoKeys.original(id));
  }
}

import { photoKeys, renditionNames } from "../api/domain/photo.ts";
import type { PhotoStore } from "../api/domain/ports.ts";
import type { Invalidate, ObjectStore } from "./ports.ts";
import type { ObjectEvent } from "./s3-events.ts";

export interface RemovePhotoOptions {
  readonly photos: Pick<PhotoStore, "remove">;
  readonly objects: Pick<ObjectStore, "remove">;
  readonly invalidate: Invalidate;
}

const originalKeyPattern = /^originals\/([0-9a-f-]{36})$/;

/** Lets the rest of a photo follow its original: first the item, so that nobody is given a URL any more. */
export function createRemovePhoto({ photos, objects, invalidate }: RemovePhotoOptions) {
  return async ({ key, sequencer }: ObjectEvent): Promise<void> => {
    const id = originalKeyPattern.exec(key)?.[1];
    if (id === undefined) return;
    await photos.remove(id);
    // Never the original itself: its removal is what brought us here, and would again.
    await Promise.all(renditionNames.map((name) => objects.remove(photoKeys.rendition(id, name))));
    await invalidate([`/${photoKeys.renditions(id)}*`, `/${photoKeys.original(id)}`], `${id}-${sequencer}`);
  };
}

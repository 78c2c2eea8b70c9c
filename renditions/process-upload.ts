import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Photo, type PhotoId, photoKeys } from "../api/domain/photo.ts";
import type { PhotoStore } from "../api/domain/ports.ts";
import { makeRenditions, type RenderedPhoto } from "./make-renditions.ts";
import type { Announce, ObjectStore, OpenedObject } from "./ports.ts";
import { receiveUpload } from "./receive-upload.ts";
import { RejectedUploadError } from "./rejected-upload-error.ts";
import type { ObjectEvent } from "./s3-events.ts";

export interface ProcessUploadOptions {
  readonly photos: Pick<PhotoStore, "find" | "beginProcessing" | "markReady" | "markRejected">;
  readonly objects: ObjectStore;
  readonly announce: Announce;
  readonly maxPixels: number;
}

const uploadKeyPattern = /^uploads\/[^/]+\/([0-9a-f-]{36})$/;

/**
 * Turns an upload into a `ready` or a `rejected` photo and empties the quarantine. Events come more than once, at the same
 * time even, and an attempt can end anywhere: every step can be done again, and the photo's status is the last to change.
 */
export function createProcessUpload({ photos, objects, announce, maxPixels }: ProcessUploadOptions) {
  return async ({ key, versionId }: ObjectEvent): Promise<void> => {
    const id = uploadKeyPattern.exec(key)?.[1];
    const reserved = id === undefined ? undefined : await photos.find(id);
    // Whose prefix it lies in comes first: an upload among another user's must not touch this photo.
    if (id === undefined || (reserved && photoKeys.upload(reserved) !== key)) return objects.remove(key, versionId);

    const photo = reserved && (await photos.beginProcessing(id));
    if (photo?.status === "processing") return conclude(id, await settle(photo, key));
    await objects.remove(key, versionId);
    return conclude(id, photo);
  };

  /** Resolves to undefined when the photo has been deleted meanwhile. */
  async function settle(photo: Photo, key: string): Promise<Photo | undefined> {
    // An attempt that failed after emptying the quarantine is gone on with from the original.
    const source = (await objects.open(key)) ?? (await objects.open(photoKeys.original(photo.id)));
    if (!source) return undefined;
    try {
      const rendered = await render(photo, source);
      await publish(photo, source, rendered);
      return (await photos.markReady(photo.id, rendered.decoded)) ?? photos.find(photo.id);
    } catch (error) {
      if (!(error instanceof RejectedUploadError)) throw error;
      await objects.remove(source.key, source.versionId);
      return (await photos.markRejected(photo.id, error.reason)) ?? photos.find(photo.id);
    }
  }

  async function render(photo: Photo, source: OpenedObject): Promise<RenderedPhoto> {
    await using folder = await mkdtempDisposable(join(tmpdir(), "upload-"));
    const file = join(folder.path, "source");
    await receiveUpload(photo, source, file);
    return await makeRenditions(file, { contentType: photo.contentType, maxPixels });
  }

  async function publish(photo: Photo, source: OpenedObject, { renditions }: RenderedPhoto): Promise<void> {
    await Promise.all(renditions.map((rendition) => objects.putRendition(photo.id, rendition)));
    if (source.key === photoKeys.original(photo.id)) return;
    await objects.keepOriginal(photo, source);
    await objects.remove(source.key, source.versionId);
  }

  /** Says how it ended, also when it had ended before: the attempt that ended it may have failed just short of saying so. */
  async function conclude(id: PhotoId, photo: Photo | undefined): Promise<void> {
    if (photo) return announce({ photoId: id, status: photo.status, ...(photo.reason && { reason: photo.reason }) });
    // Whatever this or another attempt has published goes as it does after the owner's own delete.
    await objects.remove(photoKeys.original(id));
  }
}

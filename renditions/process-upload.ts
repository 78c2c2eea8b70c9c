import { join } from "node:path";
import { type Photo, type PhotoId, photoKeys, statusOf, videoExtensions } from "../api/domain/photo.ts";
import { beginProcessing, type DecodedPhoto, markReady, markRejected } from "../api/domain/photo-changes.ts";
import type { Clock } from "../api/domain/ports/clock.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import { makeRenditions, type RenderOptions } from "./make-renditions.ts";
import type { Announce, ObjectStore, OpenedObject, Scan } from "./ports.ts";
import { receiveUpload } from "./receive-upload.ts";
import { RejectedUploadError } from "./rejected-upload-error.ts";
import type { ObjectEvent } from "./s3-events.ts";
import { requireClean } from "./scan.ts";
import { scratchFolder } from "./scratch.ts";
import { cleanVideo } from "./video/clean-video.ts";

export interface ProcessUploadOptions {
  readonly photos: Pick<PhotoStore, "find" | "change">;
  readonly objects: ObjectStore;
  readonly scan: Scan;
  readonly announce: Announce;
  readonly rendering: Omit<RenderOptions, "contentType">;
  readonly now: Clock;
}

export const uploadKeyPattern = /^uploads\/[^/]+\/([0-9a-f-]{36})$/;

/**
 * Turns an upload into a `ready` or a `rejected` photo and empties the quarantine. Events come more than once, at the same
 * time even, and an attempt can end anywhere: every step can be done again. The quarantine is emptied only after the
 * photo's status is settled, so that until then nothing is lost, and its key can't be uploaded to again.
 */
export function createProcessUpload({ photos, objects, scan, announce, rendering, now }: ProcessUploadOptions) {
  return async ({ key, versionId }: ObjectEvent): Promise<void> => {
    const id = uploadKeyPattern.exec(key)?.[1];
    const reserved = id === undefined ? undefined : await photos.find(id);
    // Whose prefix it lies in comes first: an upload among another user's must not touch this photo.
    if (id === undefined || (reserved && photoKeys.upload(reserved) !== key)) return objects.remove(key, versionId);

    const photo = reserved && (await photos.change(id, beginProcessing(now())));
    const settled = photo?.status === "processing" ? await settle(photo, key) : photo;
    await objects.remove(key, versionId);
    return conclude(id, settled);
  };

  /** Resolves to undefined when the photo, or its upload, has been deleted meanwhile. */
  async function settle(photo: Photo, key: string): Promise<Photo | undefined> {
    const source = await objects.open(key);
    if (!source) return settledElsewhere(photo.id);
    try {
      // Before a byte of it is read: what is infected must not come to a decoder.
      if (source.size > 0) await requireClean(source, scan);
      const decoded = await publish(photo, source);
      await objects.keepOriginal(photo, source);
      return await photos.change(photo.id, markReady({ ...decoded, size: source.size }));
    } catch (error) {
      if (!(error instanceof RejectedUploadError)) throw error;
      return photos.change(photo.id, markRejected(error.reason, now()));
    } finally {
      source.body.destroy();
    }
  }

  /** What another attempt has made of the photo, if that is why its upload is gone. */
  async function settledElsewhere(id: PhotoId): Promise<Photo | undefined> {
    const photo = await photos.find(id);
    return photo?.status === "processing" ? undefined : photo;
  }

  /** Puts under `media/` what viewers are to see of the upload. */
  async function publish(photo: Photo, source: OpenedObject): Promise<DecodedPhoto> {
    await using folder = await scratchFolder();
    const file = join(folder.path, "source");
    await receiveUpload(photo, source, file);
    const { id, contentType } = photo;
    if (videoExtensions.has(contentType)) {
      await cleanVideo(file, contentType);
      await objects.putVideo(photo, file);
      return {};
    }
    const { decoded, renditions } = await makeRenditions(file, { ...rendering, contentType });
    await Promise.all(renditions.map((rendition) => objects.putRendition(id, rendition)));
    return decoded;
  }

  /** Says how it ended, also when it had ended before: the attempt that ended it may have failed just short of saying so. */
  async function conclude(id: PhotoId, photo: Photo | undefined): Promise<void> {
    if (photo) return announce({ photoId: id, status: statusOf(photo), ...(photo.reason && { reason: photo.reason }) });
    // Whatever this or another attempt has published goes as it does after the owner's own delete.
    await objects.remove(photoKeys.original(id));
  }
}

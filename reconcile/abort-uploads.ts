import { photoKeys } from "../api/domain/photo.ts";
import { isLapsed } from "../api/domain/photo-changes.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { PlaceStore } from "../api/domain/ports/place-store.ts";
import type { Job } from "./job.ts";
import { uploadedPhotoId } from "./keys.ts";
import type { Bucket, MultipartUpload } from "./ports.ts";
import { walkOn } from "./walk.ts";

export interface AbortUploadsOptions {
  readonly bucket: Pick<Bucket, "multipartUploads" | "abort">;
  readonly photos: Pick<PhotoStore, "findKept">;
  readonly places: PlaceStore;
  /** What was begun before then has lapsed, whoever began it. */
  readonly tooOldBefore: () => Date;
  readonly settledBefore: () => Date;
}

/**
 * Throws away the parts of uploads that can't become photos any more. Those of a reservation that still waits stay,
 * whatever their id: with temporary credentials a client begins uploads of its own to the key that it was given.
 */
export function createAbortUploads({ bucket, photos, places, ...options }: AbortUploadsOptions): Job {
  return ({ dryRun, each, done }) => {
    const [before, tooOldBefore] = [options.settledBefore(), options.tooOldBefore()];

    async function isAwaited({ key, begunAt }: MultipartUpload): Promise<boolean> {
      if (begunAt < tooOldBefore) return false;
      // A hand's, as nobody else writes elsewhere in parts.
      if (!key.startsWith("uploads/")) return true;
      const id = uploadedPhotoId(key);
      const [photo] = id === undefined ? [] : await photos.findKept([id]);
      return photo?.status === "pending" && photoKeys.upload(photo) === key && !isLapsed(photo, before);
    }

    return each(
      walkOn({ places, name: "MULTIPART", keepPlace: !dryRun }, (after) => bucket.multipartUploads(after)),
      ({ key, uploadId }) => `upload/${key}/${uploadId}`,
      async (upload) => {
        if (upload.begunAt >= before || (await isAwaited(upload))) return;
        if (!dryRun) await bucket.abort(upload);
        done("aborted");
      },
    );
  };
}

import { type Photo, photoKeys, type UploadStatus } from "../api/domain/photo.ts";
import type { DueStore } from "../api/domain/ports/due-store.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { Job } from "./job.ts";
import { onlyKind } from "./only-kind.ts";
import type { Bucket } from "./ports.ts";

export interface ExpirePhotosOptions {
  readonly due: DueStore;
  readonly photos: Pick<PhotoStore, "findDue" | "expire" | "remove">;
  readonly bucket: Pick<Bucket, "hide">;
  /** Nothing that became due later is touched. */
  readonly settledBefore: () => Date;
}

/** Where bytes of a photo may be by then, and so what takes the rest of it away. */
const stages: Readonly<Record<UploadStatus, { quarantined: boolean; published: boolean }>> = {
  pending: { quarantined: true, published: false },
  processing: { quarantined: true, published: true },
  ready: { quarantined: false, published: true },
  rejected: { quarantined: true, published: false },
};

/**
 * Takes away for good what lapsed and what was 30 days in the trash. First the photo counts as absent, by a conditional
 * write that a restore at the same moment either prevents or comes too late for; only then its bytes go. The item goes last, as the list of what
 * is due stands on it: whatever fails before is found again.
 */
export function createExpirePhotos({ due, photos, bucket, settledBefore }: ExpirePhotosOptions): Job {
  async function takeAway(photo: Photo): Promise<void> {
    const { quarantined, published } = stages[photo.status];
    if (quarantined) await bucket.hide(photoKeys.upload(photo));
    // The worker learns of it from S3 and removes the renditions, the copies at the edges and the item.
    if (published) await bucket.hide(photoKeys.original(photo.id));
    else await photos.remove(photo.id);
  }

  return ({ dryRun, each, done }) => {
    const before = settledBefore();
    return each(
      onlyKind(due.pagesOfDue(before), "photo"),
      ({ id }) => `photo/${id}`,
      async ({ id }) => {
        const expired = await (dryRun ? photos.findDue(id, before) : photos.expire(id, before));
        if (!expired) return;
        if (!dryRun) await takeAway(expired);
        done(stages[expired.status].published ? "purged" : "released");
      },
    );
  };
}

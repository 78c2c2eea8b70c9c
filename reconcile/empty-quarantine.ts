import { type Photo, photoKeys } from "../api/domain/photo.ts";
import { beginProcessing, isAwaited, isLapsed, noteResent } from "../api/domain/photo-changes.ts";
import type { Clock } from "../api/domain/ports/clock.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { PlaceStore } from "../api/domain/ports/place-store.ts";
import type { Job } from "./job.ts";
import { uploadedPhotoId } from "./keys.ts";
import type { Bucket, ResendEvent, StoredVersion } from "./ports.ts";
import { walkOn } from "./walk.ts";

export interface EmptyQuarantineOptions {
  readonly bucket: Pick<Bucket, "versions" | "erase" | "hide">;
  readonly photos: Pick<PhotoStore, "findKept" | "change">;
  readonly places: PlaceStore;
  readonly resendEvent: ResendEvent;
  readonly now: Clock;
  readonly settledBefore: () => Date;
}

/** So that an upload on which the worker fails again and again comes to the dead letters once a day and not every hour. */
const resendAfterMs = 24 * 60 * 60 * 1000;

/**
 * Goes through the quarantine: what no photo waits for is removed for good, and what one waits for is sent to the worker
 * once more, as the event that S3 sent, or meant to, is lost or long under way.
 */
export function createEmptyQuarantine(options: EmptyQuarantineOptions): Job {
  const { bucket, photos, places, resendEvent, now, settledBefore } = options;

  /** As it is now: whatever comes of the key is decided by this one read. */
  async function photoAt(key: string): Promise<Photo | undefined> {
    const id = uploadedPhotoId(key);
    if (id === undefined) return undefined;
    const [photo] = await photos.findKept([id]);
    return photo && photoKeys.upload(photo) === key ? photo : undefined;
  }

  return ({ dryRun, each, done }) => {
    const before = settledBefore();
    const resentBefore = new Date(now().getTime() - resendAfterMs);

    async function erase(key: string, versions: readonly StoredVersion[]): Promise<void> {
      // Markers hold nothing; the bucket's lifecycle takes them, once nothing lies under them.
      for (const { versionId, marker, modifiedAt } of versions) {
        if (marker || modifiedAt >= before) continue;
        if (!dryRun) await bucket.erase(key, versionId);
        done("erased");
      }
    }

    async function sendAgain({ id, resentAt }: Photo, key: string, latest: StoredVersion): Promise<void> {
      if (latest.modifiedAt >= before || (resentAt && resentAt >= resentBefore)) return;
      if (!dryRun) {
        // The owner's delete of an upload is to delete the photo, and the worker learns of that by the original.
        await (latest.marker ? bucket.hide(photoKeys.original(id)) : resendEvent(key, latest.versionId));
        const resent = noteResent(now());
        // Its bytes came in time: it must not lapse with its reservation while the worker is out of order.
        await photos.change(id, latest.marker ? resent : (photo) => resent(beginProcessing(now())(photo)));
      }
      done(latest.marker ? "deletion sent again" : "upload sent again");
    }

    return each(
      walkOn({ places, name: "QUARANTINE", keepPlace: !dryRun }, (after) => bucket.versions("uploads/", after)),
      ({ key }) => key,
      async ({ key, versions }) => {
        if (versions.every(({ modifiedAt }) => modifiedAt >= before)) return;
        const photo = await photoAt(key);
        if (!photo || !isAwaited(photo)) return erase(key, versions);
        // Whoever takes away what is due takes this with it.
        if (isLapsed(photo, now())) return;
        const latest = versions.find((version) => version.latest);
        if (latest) await sendAgain(photo, key, latest);
        // A form can be sent twice; the worker reads the latest alone.
        return erase(
          key,
          versions.filter((version) => version !== latest),
        );
      },
    );
  };
}

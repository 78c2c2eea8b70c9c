import { mediaKeys, type Photo, photoKeys } from "../api/domain/photo.ts";
import type { CounterStore } from "../api/domain/ports/counter-store.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { PlaceStore } from "../api/domain/ports/place-store.ts";
import { allPhotos } from "./all-photos.ts";
import type { Job } from "./job.ts";
import type { Bucket, Log } from "./ports.ts";
import { walkOn } from "./walk.ts";

export interface FindMissingOptions {
  readonly bucket: Pick<Bucket, "keysUnder" | "deletedAt" | "hide">;
  readonly photos: Pick<PhotoStore, "find">;
  readonly counters: Pick<CounterStore, "pagesOfUsers" | "listAllOfOwner">;
  readonly places: PlaceStore;
  readonly settledBefore: () => Date;
  readonly log: Log;
}

/** A photo, and those of its keys that hold nothing. */
interface Checked {
  readonly photo: Photo;
  readonly missing: readonly string[];
}

/**
 * Holds every ready photo against the bucket. Only an original that was deleted, by a marker that says so, takes its
 * photo with it. What is missing without a trace is reported and nothing more: an empty list may as well come of the
 * wrong bucket, and nobody's photos are to go for that.
 */
export function createFindMissing(options: FindMissingOptions): Job {
  const { bucket, photos, counters, places, settledBefore, log } = options;

  async function* checked(pages: AsyncIterable<readonly Photo[]>): AsyncGenerator<Checked[]> {
    for await (const photos of pages) {
      const page = photos.filter(({ status }) => status === "ready");
      const found = new Set([
        ...(await bucket.keysUnder(page.map(({ id }) => photoKeys.original(id)))),
        ...(await bucket.keysUnder(page.map(({ id }) => photoKeys.renditions(id)))),
      ]);
      yield page.map((photo) => ({ photo, missing: keysOf(photo).filter((key) => !found.has(key)) }));
    }
  }

  return ({ dryRun, each, done }) => {
    const before = settledBefore();

    async function mend({ photo: { id }, missing }: Checked): Promise<void> {
      if (missing.length === 0 || !(await photos.find(id))) return;
      const original = photoKeys.original(id);
      const deletedAt = missing.includes(original) ? await bucket.deletedAt(original) : undefined;
      if (deletedAt) return followDeletion(original, deletedAt);
      log({ level: "warn", message: "Bytes of a photo are missing", photoId: id, missing });
      done(missing.includes(original) ? "original lost" : "rendition lost");
    }

    async function followDeletion(original: string, deletedAt: Date): Promise<void> {
      if (deletedAt >= before) return;
      // The worker hears of every marker, be there another one under it or not.
      if (!dryRun) await bucket.hide(original);
      done("deletion sent again");
    }

    return each(
      checked(walkOn({ places, name: "MISSING", keepPlace: !dryRun }, (from) => allPhotos(counters, from))),
      ({ photo }) => `photo/${photo.id}`,
      mend,
    );
  };
}

function keysOf(photo: Photo): string[] {
  return [photoKeys.original(photo.id), ...mediaKeys(photo)];
}

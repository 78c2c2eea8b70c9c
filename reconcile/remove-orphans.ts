import { type PhotoId, photoKeys } from "../api/domain/photo.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { PlaceStore } from "../api/domain/ports/place-store.ts";
import type { Job } from "./job.ts";
import { publishedPhotoId } from "./keys.ts";
import type { Bucket, Log, StoredObject } from "./ports.ts";
import { type Stretch, walkOn } from "./walk.ts";

export interface RemoveOrphansOptions {
  readonly bucket: Pick<Bucket, "objects" | "hide">;
  readonly photos: Pick<PhotoStore, "findKept">;
  readonly places: PlaceStore;
  readonly settledBefore: () => Date;
  readonly log: Log;
}

/** Keys of one photo that lie together. */
interface Published {
  readonly id: PhotoId | undefined;
  readonly keys: readonly string[];
  readonly isKept: boolean;
}

/** Removes originals and renditions without a photo. Ids are never given twice: a photo that is gone stays gone. */
export function createRemoveOrphans({ bucket, photos, places, settledBefore, log }: RemoveOrphansOptions): Job {
  async function* groups(pages: AsyncIterable<readonly StoredObject[]>): AsyncGenerator<Published[]> {
    for await (const page of pages) {
      const keysOf = Map.groupBy(
        page.map(({ key }) => key),
        publishedPhotoId,
      );
      const ids = [...keysOf.keys()].filter((id) => id !== undefined);
      const kept = new Set((await photos.findKept(ids)).map((photo) => photo?.id));
      yield [...keysOf].map(([id, keys]) => ({ id, keys, isKept: id !== undefined && kept.has(id) }));
    }
  }

  return ({ dryRun, each, done }) => {
    const before = settledBefore();
    const removed = new Set<PhotoId>();

    async function* settled(after: string | undefined): AsyncGenerator<Stretch<StoredObject>> {
      for (const prefix of ["media/", "originals/"]) {
        for await (const { items, end } of bucket.objects(prefix, after)) {
          yield { items: items.filter(({ modifiedAt }) => modifiedAt < before), end };
        }
      }
    }

    async function remove(id: PhotoId): Promise<void> {
      const [photo] = await photos.findKept([id]);
      if (photo || removed.has(id)) return;
      // Be there one or not: it brings the worker here, who takes all the rest, and clears the edges.
      if (!dryRun) await bucket.hide(photoKeys.original(id));
      removed.add(id);
      done("photo removed");
    }

    return each(
      groups(walkOn({ places, name: "ORPHANS", keepPlace: !dryRun }, settled)),
      ({ id, keys }) => (id === undefined ? keys.join(" ") : `photo/${id}`),
      async ({ id, keys, isKept }) => {
        if (isKept) return;
        if (id !== undefined) return remove(id);
        // The platform wrote none of these, and what a hand put there a hand takes away.
        for (const key of keys) {
          log({ level: "warn", message: "An object is of no photo, and is left alone", key });
          done("left to a hand");
        }
      },
    );
  };
}

import type { Recording } from "../../program/recording.ts";
import type { Store } from "../store/store.ts";
import { type Bucket, scratchBucket } from "./bucket.ts";
import { declaredBucket, declaredBuckets } from "./declared-bucket.ts";

export interface CatalogOptions {
  readonly recording: Recording;
  readonly store: Store;
  readonly now: () => Date;
}

/** The buckets that there are: those of the program, from the moment that it declares them, and scratch buckets. */
export type BucketCatalog = ReturnType<typeof createBucketCatalog>;

export function createBucketCatalog({ recording, store, now }: CatalogOptions) {
  let known = new Map<string, Bucket>();
  let readAt = -1;

  /** Reading a bucket's settings costs more than most requests, and they only change when another resource is declared. */
  function recorded(name: string): Bucket | undefined {
    if (readAt !== recording.resources.length) {
      known = new Map();
      readAt = recording.resources.length;
    }
    const bucket = known.get(name) ?? declaredBucket(recording, name, () => store.buckets.declaredSince(name, now()));
    if (bucket) known.set(name, bucket);
    return bucket;
  }

  function find(name: string): Bucket | undefined {
    const declared = recorded(name);
    if (declared) return declared;
    const record = store.buckets.find(name);
    return record?.scratch ? scratchBucket(name, record.createdAt) : undefined;
  }

  return {
    find,

    /** By name. */
    list(): Bucket[] {
      const declared = declaredBuckets(recording).map(({ id }) => id);
      const scratch = store.buckets.scratchBuckets().map(({ name }) => name);
      const names = [...new Set([...declared, ...scratch])].sort();
      return names.flatMap((name) => find(name) ?? []);
    },
  };
}

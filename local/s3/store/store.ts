import { join } from "node:path";
import { type BucketStore, createBucketStore } from "./bucket-store.ts";
import { ContentStore } from "./content-store.ts";
import { openDatabase } from "./database.ts";
import { createObjectStore, type ObjectStore } from "./object-store.ts";
import { createOutboxStore, type OutboxStore } from "./outbox-store.ts";
import { createUploadStore, type UploadStore } from "./upload-store.ts";

/** All that the local S3 keeps: bytes in files, everything about them in one SQLite database. */
export interface Store {
  readonly buckets: BucketStore;
  readonly objects: ObjectStore;
  readonly uploads: UploadStore;
  readonly outbox: OutboxStore;
  readonly contents: ContentStore;
  /** All that `work` writes, or nothing of it. `work` is synchronous. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the store of a folder, making it at first; throws an Error that says what to do when it is damaged or in use. */
export async function openStore(folder: string): Promise<Store> {
  const database = openDatabase(folder);
  const contents = new ContentStore(database, join(folder, "contents"));
  await contents.open();
  return {
    buckets: createBucketStore(database),
    objects: createObjectStore(database, contents),
    uploads: createUploadStore(database, contents),
    outbox: createOutboxStore(database),
    contents,
    transaction: (work) => database.transaction(work),
    close: () => database.close(),
  };
}

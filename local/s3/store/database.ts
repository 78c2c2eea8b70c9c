import { join } from "node:path";
import { SqliteDatabase } from "../../sqlite-database.ts";

/*
 * `versions.sequence` orders everything that happened to a key. A NULL in `facts` is a delete marker. `contents` lists the
 * files that something still refers to: a file that is not in it is a leftover of a crash.
 */
const schema = `
  CREATE TABLE buckets (
    name TEXT PRIMARY KEY, created_at INTEGER NOT NULL, scratch INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE versions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, version_id TEXT NOT NULL,
    latest INTEGER NOT NULL, modified_at INTEGER NOT NULL, facts TEXT, UNIQUE (bucket, key, version_id)
  ) STRICT;
  CREATE INDEX versions_by_key ON versions (bucket, key, sequence DESC);
  CREATE UNIQUE INDEX latest_versions ON versions (bucket, key) WHERE latest = 1;

  CREATE TABLE uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated_at INTEGER NOT NULL, facts TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_key ON uploads (bucket, key, initiated_at, id);

  CREATE TABLE parts (
    upload_id TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE, number INTEGER NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE contents (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue_arn TEXT NOT NULL, bucket_arn TEXT NOT NULL, body TEXT NOT NULL,
    attempts INTEGER NOT NULL, due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX outbox_by_due ON outbox (due_at);
`;

/** Opens or makes `s3.sqlite` in a folder; throws an Error that says what to do when it is damaged, newer or in use. */
export function openDatabase(folder: string): SqliteDatabase {
  return new SqliteDatabase({ file: join(folder, "s3.sqlite"), schema, version: 1 });
}

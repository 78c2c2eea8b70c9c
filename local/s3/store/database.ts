import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";

const schemaVersion = 1;

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

  PRAGMA user_version = ${schemaVersion};
`;

export class Database {
  readonly #file: string;
  readonly #sqlite: DatabaseSync;
  #afterCommit: (() => void)[] | undefined;

  /** Opens or makes `s3.sqlite` in a folder; throws an Error that says what to do when it is damaged, newer or in use. */
  constructor(folder: string) {
    this.#file = join(folder, "s3.sqlite");
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#sqlite = new DatabaseSync(this.#file, { timeout: 0 });
      // Exclusive, because the sweep at start takes every file that this process does not know for a leftover.
      this.#sqlite.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      this.#sqlite.exec("PRAGMA foreign_keys = ON");
      this.#migrate();
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /**
   * All that `work` writes, or nothing of it. `work` is synchronous, so that no other request comes in between; a
   * transaction inside it is part of it.
   */
  transaction<T>(work: () => T): T {
    if (this.#afterCommit) return work();
    this.#afterCommit = [];
    this.#sqlite.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#sqlite.exec("COMMIT");
      for (const follow of this.#afterCommit) follow();
      return result;
    } catch (error) {
      if (this.#sqlite.isTransaction) this.#sqlite.exec("ROLLBACK");
      throw error;
    } finally {
      this.#afterCommit = undefined;
    }
  }

  /** What may only happen once the transaction under way is safe; nothing of it when that fails. */
  afterCommit(follow: () => void): void {
    if (!this.#afterCommit) throw new Error("afterCommit is for the inside of a transaction");
    this.#afterCommit.push(follow);
  }

  /** A statement that answers all its rows, each of a shape: give it a LIMIT. */
  query<Row extends TSchema>(sql: string, row: Row): (...values: SQLInputValue[]) => Static<Row>[] {
    const validator = Compile(row);
    const statement = this.#sqlite.prepare(sql);
    const check = (found: unknown): Static<Row> => {
      if (validator.Check(found)) return found;
      throw this.#unusable("a row is of another shape");
    };
    return (...values) => statement.all(...values).map(check);
  }

  /** A statement that answers how many rows it changed. */
  command(sql: string): (...values: SQLInputValue[]) => number {
    const statement = this.#sqlite.prepare(sql);
    return (...values) => Number(statement.run(...values).changes);
  }

  /** A reader of the JSON that a column holds. */
  json<Schema extends TSchema>(shape: Schema): (text: string) => Static<Schema> {
    const validator = Compile(shape);
    return (text) => {
      const value: unknown = JSON.parse(text);
      if (validator.Check(value)) return value;
      throw this.#unusable("a record is of another shape");
    };
  }

  close(): void {
    this.#sqlite.close();
  }

  #migrate(): void {
    const version = this.#sqlite.prepare("PRAGMA user_version").get()?.user_version;
    if (version === 0) this.transaction(() => this.#sqlite.exec(schema));
    else if (version !== schemaVersion) throw new Error(`it is of version ${version}, not ${schemaVersion}`);
    const [check] = this.#sqlite.prepare("PRAGMA quick_check(1)").all();
    if (check?.quick_check !== "ok") throw new Error(`${check?.quick_check}`);
  }

  #unusable(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(
      `the local S3 cannot use ${this.#file} (${reason}): move its folder away, or start with another one by --data DIR.`,
      { cause },
    );
  }
}

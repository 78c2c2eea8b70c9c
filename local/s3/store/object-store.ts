import { randomBytes } from "node:crypto";
import { type Static, Type } from "typebox";
import type { SqliteDatabase } from "../../sqlite-database.ts";
import type { Bucket } from "../buckets/bucket.ts";
import type { ContentStore } from "./content-store.ts";
import { firstKeyAfter, type ListPage, type ListQuery, listPage, pageStart, rollUp } from "./listing.ts";
import { type DeleteMarker, ObjectFacts, type ObjectVersion, type StoredObject, type Version } from "./records.ts";

/** Looks at what a key holds at the very moment of a change; throws to prevent it. */
export type Precondition = (current: StoredObject | undefined) => void;

export interface Removal {
  /** What is gone for good, unless there was nothing. */
  readonly removed: ObjectVersion | undefined;
  /** What now hides the key, where versions are kept. */
  readonly marker: DeleteMarker | undefined;
}

/** Tells whether a key was deleted while somebody was about to write it. */
export interface DeletionWatch {
  readonly deleted: boolean;
  end(): void;
}

const chunk = 100;
/** Above every sequence, so that a scan begins with a key's newest version. */
const newest = Number.MAX_SAFE_INTEGER;

const Row = Type.Object({
  sequence: Type.Number(),
  bucket: Type.String(),
  key: Type.String(),
  version_id: Type.String(),
  latest: Type.Number(),
  modified_at: Type.Number(),
  facts: Type.Union([Type.String(), Type.Null()]),
});

/** The versions of every key of every bucket. Changes belong in a transaction. */
export type ObjectStore = ReturnType<typeof createObjectStore>;

export function createObjectStore(database: SqliteDatabase, contents: ContentStore) {
  const readFacts = database.json(ObjectFacts);
  const select = (where: string) => database.query(`SELECT * FROM versions WHERE ${where}`, Row);
  const latest = select("bucket = ? AND key = ? AND latest = 1");
  const byId = select("bucket = ? AND key = ? AND version_id = ?");
  const newestOf = select("bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1");
  const objectChunk = select(
    `bucket = ? AND latest = 1 AND facts IS NOT NULL AND key >= ? ORDER BY key LIMIT ${chunk}`,
  );
  const versionChunk = select(
    `bucket = ?1 AND key >= ?2 AND (key > ?2 OR sequence < ?3) ORDER BY key, sequence DESC LIMIT ${chunk}`,
  );
  const insert = database.query(
    "INSERT INTO versions (bucket, key, version_id, latest, modified_at, facts) VALUES (?, ?, ?, 1, ?, ?) RETURNING *",
    Row,
  );
  const setLatest = database.command("UPDATE versions SET latest = ? WHERE sequence = ?");
  const setFacts = database.command("UPDATE versions SET facts = ? WHERE sequence = ?");
  const remove = database.command("DELETE FROM versions WHERE sequence = ?");
  const watches = new Set<{ readonly bucket: string; readonly key: string; deleted: boolean }>();

  function read(row: Static<typeof Row>): ObjectVersion {
    const version = readVersion(row);
    if (row.facts === null) return { ...version, kind: "delete-marker" };
    return { ...version, kind: "object", facts: readFacts(row.facts) };
  }

  /** The latest version, or the one asked for; undefined when there is none. */
  function find(bucket: string, key: string, versionId?: string): ObjectVersion | undefined {
    const [row] = versionId === undefined ? latest(bucket, key) : byId(bucket, key, versionId);
    return row && read(row);
  }

  function currentObject(bucket: string, key: string): StoredObject | undefined {
    const current = find(bucket, key);
    return current?.kind === "object" ? current : undefined;
  }

  function add(bucket: Bucket, key: string, modifiedAt: Date, facts: ObjectFacts | null): Version {
    const versionId = bucket.versioning === "Enabled" ? randomBytes(24).toString("base64url") : "null";
    // Where versions are not kept, the one that has no id of its own is written over.
    if (versionId === "null") removeById(bucket.name, key, versionId);
    const [previous] = latest(bucket.name, key);
    if (previous) setLatest(0, previous.sequence);
    const text = facts && JSON.stringify(facts);
    const [row] = insert(bucket.name, key, versionId, modifiedAt.getTime(), text);
    if (!row) throw new Error("the database inserted no row");
    return readVersion(row);
  }

  function removeById(bucket: string, key: string, versionId: string): ObjectVersion | undefined {
    const [row] = byId(bucket, key, versionId);
    if (!row) return undefined;
    const version = read(row);
    remove(row.sequence);
    if (version.kind === "object") contents.forget(version.facts.segments);
    const [previous] = row.latest ? newestOf(bucket, key) : [];
    if (previous) setLatest(1, previous.sequence);
    return version;
  }

  function tellWatches(bucket: string, key: string): void {
    for (const watch of watches) if (watch.bucket === bucket && watch.key === key) watch.deleted = true;
  }

  function* objectsFrom(bucket: string, from: string): Generator<StoredObject> {
    for (let key = from; ; ) {
      const rows = objectChunk(bucket, key);
      for (const row of rows) {
        const version = read(row);
        if (version.kind === "object") yield version;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < chunk) return;
      key = firstKeyAfter(last.key);
    }
  }

  /** Newest first within a key, after a version's sequence when one is given. */
  function* versionsFrom(bucket: string, from: string, after = newest): Generator<ObjectVersion> {
    for (let [key, sequence] = [from, after]; ; ) {
      const rows = versionChunk(bucket, key, sequence);
      for (const row of rows) yield read(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < chunk) return;
      ({ key, sequence } = last);
    }
  }

  return {
    find,
    versionsFrom,

    /** Makes `facts` the latest version of a key. */
    put(bucket: Bucket, key: string, facts: ObjectFacts, modifiedAt: Date, precondition?: Precondition): StoredObject {
      precondition?.(currentObject(bucket.name, key));
      contents.refer(facts.segments);
      return { ...add(bucket, key, modifiedAt, facts), kind: "object", facts };
    },

    /** What DELETE without a version does: hides the key under a marker where versions are kept, else removes the object. */
    delete(bucket: Bucket, key: string, now: Date, precondition?: Precondition): Removal {
      precondition?.(currentObject(bucket.name, key));
      tellWatches(bucket.name, key);
      if (bucket.versioning === "Off") {
        return { removed: removeById(bucket.name, key, "null"), marker: undefined };
      }
      return { removed: undefined, marker: { ...add(bucket, key, now, null), kind: "delete-marker" } };
    },

    /** Removes one version for good, whereupon the one before it is the latest. */
    deleteVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
      tellWatches(bucket.name, key);
      return removeById(bucket.name, key, versionId);
    },

    replaceTags({ facts, sequence }: StoredObject, tags: Readonly<Record<string, string>>): void {
      setFacts(JSON.stringify({ ...facts, tags }), sequence);
    },

    list(bucket: string, query: ListQuery, after: string): ListPage<StoredObject> {
      const scan = (from: string) => objectsFrom(bucket, from);
      return listPage(query, scan(pageStart(query, after)), scan);
    },

    /** From after a key, or after one version of it. */
    listVersions(bucket: string, query: ListQuery, after: string, afterVersion?: string): ListPage<ObjectVersion> {
      const scan = (from: string) => versionsFrom(bucket, from);
      const marker = afterVersion === undefined ? undefined : find(bucket, after, afterVersion);
      const insideKey = marker !== undefined && rollUp(after, query.prefix, query.delimiter) === undefined;
      const start = insideKey ? versionsFrom(bucket, after, marker.sequence) : scan(pageStart(query, after));
      return listPage(query, start, scan);
    },

    isEmpty(bucket: string): boolean {
      return versionsFrom(bucket, "").next().done === true;
    },

    watchDeletion(bucket: string, key: string): DeletionWatch {
      const watch = { bucket, key, deleted: false, end: () => void watches.delete(watch) };
      watches.add(watch);
      return watch;
    },
  };
}

function readVersion(row: Static<typeof Row>): Version {
  return {
    bucket: row.bucket,
    key: row.key,
    versionId: row.version_id,
    sequence: row.sequence,
    latest: row.latest === 1,
    modifiedAt: new Date(row.modified_at),
  };
}

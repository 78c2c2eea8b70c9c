import { type Static, Type } from "typebox";
import type { SqliteDatabase } from "../../sqlite-database.ts";
import type { ContentStore } from "./content-store.ts";
import { type ListPage, type ListQuery, listPage, pageStart, rollUp } from "./listing.ts";
import { Part, type Upload, UploadFacts } from "./records.ts";

export interface NumberedPart {
  readonly number: number;
  readonly part: Part;
}

const chunk = 100;

const UploadRow = Type.Object({
  id: Type.String(),
  bucket: Type.String(),
  key: Type.String(),
  initiated_at: Type.Number(),
  facts: Type.String(),
});
const PartRow = Type.Object({ number: Type.Number(), facts: Type.String() });

/** Multipart uploads under way, and their parts. Changes belong in a transaction. */
export type UploadStore = ReturnType<typeof createUploadStore>;

export function createUploadStore(database: SqliteDatabase, contents: ContentStore) {
  const readFacts = database.json(UploadFacts);
  const readPart = database.json(Part);
  const byId = database.query("SELECT * FROM uploads WHERE id = ?", UploadRow);
  const uploadChunk = database.query(
    `SELECT * FROM uploads WHERE bucket = ?1 AND key >= ?2 AND (key > ?2 OR (initiated_at, id) > (?3, ?4))
     ORDER BY key, initiated_at, id LIMIT ${chunk}`,
    UploadRow,
  );
  const insert = database.command("INSERT INTO uploads (id, bucket, key, initiated_at, facts) VALUES (?, ?, ?, ?, ?)");
  const remove = database.command("DELETE FROM uploads WHERE id = ?");
  const partByNumber = database.query("SELECT number, facts FROM parts WHERE upload_id = ? AND number = ?", PartRow);
  const partsAfter = database.query(
    "SELECT number, facts FROM parts WHERE upload_id = ? AND number > ? ORDER BY number LIMIT ?",
    PartRow,
  );
  const writePart = database.command(
    "INSERT INTO parts (upload_id, number, facts) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET facts = excluded.facts",
  );

  const read = (row: Static<typeof UploadRow>): Upload => ({
    id: row.id,
    bucket: row.bucket,
    key: row.key,
    initiatedAt: new Date(row.initiated_at),
    facts: readFacts(row.facts),
  });

  function parts(uploadId: string, after = 0, limit = 10_000): NumberedPart[] {
    return partsAfter(uploadId, after, limit).map(({ number, facts }) => ({ number, part: readPart(facts) }));
  }

  /** Oldest first within a key, after one upload when it is given. */
  function* uploadsFrom(bucket: string, from: string, after?: Upload): Generator<Upload> {
    let [key, initiatedAt, id] = [from, after?.initiatedAt.getTime() ?? -1, after?.id ?? ""];
    for (;;) {
      const rows = uploadChunk(bucket, key, initiatedAt, id);
      yield* rows.map(read);
      const last = rows.at(-1);
      if (last === undefined || rows.length < chunk) return;
      ({ key, initiated_at: initiatedAt, id } = last);
    }
  }

  return {
    parts,
    uploadsFrom,

    find(id: string): Upload | undefined {
      const [row] = byId(id);
      return row && read(row);
    },

    create({ id, bucket, key, initiatedAt, facts }: Upload): void {
      insert(id, bucket, key, initiatedAt.getTime(), JSON.stringify(facts));
    },

    /** A part takes the place of one with its number. */
    putPart(uploadId: string, number: number, part: Part): void {
      const [replaced] = partByNumber(uploadId, number);
      if (replaced) contents.forget([readPart(replaced.facts)]);
      contents.refer([part]);
      writePart(uploadId, number, JSON.stringify(part));
    },

    /** Ends an upload with all its parts; whoever goes on using some of their contents refers to them next. */
    remove(id: string): void {
      contents.forget(parts(id).map(({ part }) => part));
      remove(id);
    },

    list(bucket: string, query: ListQuery, after: string, afterUpload?: string): ListPage<Upload> {
      const scan = (from: string) => uploadsFrom(bucket, from);
      const [row] = afterUpload === undefined ? [] : byId(afterUpload);
      const insideKey = row?.key === after && rollUp(after, query.prefix, query.delimiter) === undefined;
      const start = insideKey ? uploadsFrom(bucket, after, read(row)) : scan(pageStart(query, after));
      return listPage(query, start, scan);
    },
  };
}

import { Type } from "typebox";
import type { SqliteDatabase } from "../../sqlite-database.ts";

const Row = Type.Object({ name: Type.String(), created_at: Type.Number(), scratch: Type.Number() });

export interface BucketRecord {
  readonly name: string;
  readonly createdAt: Date;
  /** Made by hand, not by the program. */
  readonly scratch: boolean;
}

/** Which buckets there are, and since when; what is set on them is the program's to say. */
export type BucketStore = ReturnType<typeof createBucketStore>;

export function createBucketStore(database: SqliteDatabase) {
  const byName = database.query("SELECT * FROM buckets WHERE name = ?", Row);
  const scratch = database.query("SELECT * FROM buckets WHERE scratch = 1 ORDER BY name", Row);
  const insert = database.command("INSERT INTO buckets (name, created_at, scratch) VALUES (?, ?, ?)");
  const remove = database.command("DELETE FROM buckets WHERE name = ? AND scratch = 1");

  const read = ({ name, created_at, scratch }: Type.Static<typeof Row>): BucketRecord => ({
    name,
    createdAt: new Date(created_at),
    scratch: scratch === 1,
  });

  return {
    find(name: string): BucketRecord | undefined {
      const [row] = byName(name);
      return row && read(row);
    },

    scratchBuckets: (): BucketRecord[] => scratch().map(read),

    createScratch(name: string, now: Date): void {
      insert(name, now.getTime(), 1);
    },

    /** Since when a bucket of the program is known: since now, the first time. */
    declaredSince(name: string, now: Date): Date {
      const record = this.find(name);
      if (!record) insert(name, now.getTime(), 0);
      return record?.createdAt ?? now;
    },

    removeScratch(name: string): void {
      remove(name);
    },
  };
}

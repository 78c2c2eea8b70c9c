import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Type } from "typebox";
import type { SqliteDatabase } from "../../sqlite-database.ts";

/** A run of bytes in a file of its own; an object of a multipart upload has one for each part. */
export interface Segment {
  readonly contentId: string;
  readonly size: number;
}

/** Both ends count. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const bufferBytes = 1024 * 1024;
const folderCount = 256;

/**
 * Objects' bytes, in files named at random: a key never becomes a path. A file is written whole before the database
 * refers to it, and removed after it no longer does, so a crash leaves at most files that nothing refers to.
 */
export class ContentStore {
  readonly #database: SqliteDatabase;
  readonly #folder: string;
  readonly #isReferenced: (id: string) => boolean;
  readonly #refer: (id: string) => void;
  readonly #forget: (id: string) => void;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(database: SqliteDatabase, folder: string) {
    this.#database = database;
    this.#folder = folder;
    const find = database.query("SELECT id FROM contents WHERE id = ?", Type.Object({ id: Type.String() }));
    this.#isReferenced = (id) => find(id).length > 0;
    this.#refer = database.command("INSERT INTO contents VALUES (?)");
    this.#forget = database.command("DELETE FROM contents WHERE id = ?");
  }

  /** Makes the folders, and removes what a crash left behind. */
  async open(): Promise<void> {
    for (let index = 0; index < folderCount; index++) {
      const folder = join(this.#folder, hex(index));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const orphans = (await readdir(folder)).filter((id) => !this.#isReferenced(id));
      await Promise.all(orphans.map((id) => rm(join(folder, id), { force: true })));
    }
  }

  /** Streams bytes into a new file, which is the caller's until a transaction refers to it or `discard` removes it. */
  async write(bytes: AsyncIterable<Buffer>): Promise<string> {
    const contentId = randomBytes(16).toString("hex");
    const options = { flags: "wx", mode: 0o600, highWaterMark: bufferBytes };
    try {
      await pipeline(bytes, createWriteStream(this.#path(contentId), options));
      return contentId;
    } catch (error) {
      await this.discard(contentId);
      throw error;
    }
  }

  /** For a file that no transaction ever referred to. */
  async discard(contentId: string): Promise<void> {
    await rm(this.#path(contentId), { force: true });
  }

  /** For the transaction that starts to refer to these. */
  refer(segments: readonly Segment[]): void {
    for (const { contentId } of segments) this.#refer(contentId);
  }

  /**
   * For the transaction that ends the reference. Unless the same transaction refers to them anew, the files go once it is
   * committed, those that are being read when their last reader is done.
   */
  forget(segments: readonly Segment[]): void {
    for (const { contentId } of segments) this.#forget(contentId);
    this.#database.afterCommit(() => {
      for (const { contentId } of segments) if (!this.#isReferenced(contentId)) this.#remove(contentId);
    });
  }

  /** The bytes of a range, which stay whole while they are read, whatever becomes of the object. To be consumed or destroyed. */
  read(segments: readonly Segment[], range: ByteRange): Readable {
    const release = this.#hold(segments);
    return Readable.from(this.#bytes(segments, range), { objectMode: false }).once("close", release);
  }

  #remove(contentId: string): void {
    if (this.#readers.has(contentId)) this.#doomed.add(contentId);
    // Nothing refers to it any more: what can't be removed now goes with the sweep at the next start.
    else this.discard(contentId).catch(() => {});
  }

  async *#bytes(segments: readonly Segment[], range: ByteRange): AsyncGenerator<Buffer> {
    let start = 0;
    for (const { contentId, size } of segments) {
      const first = Math.max(range.first - start, 0);
      const last = Math.min(range.last - start, size - 1);
      if (first <= last) {
        yield* createReadStream(this.#path(contentId), { start: first, end: last, highWaterMark: bufferBytes });
      }
      start += size;
    }
  }

  #hold(segments: readonly Segment[]): () => void {
    for (const { contentId } of segments) this.#readers.set(contentId, (this.#readers.get(contentId) ?? 0) + 1);
    return () => {
      for (const { contentId } of segments) this.#release(contentId);
    };
  }

  #release(contentId: string): void {
    const others = (this.#readers.get(contentId) ?? 1) - 1;
    if (others > 0) {
      this.#readers.set(contentId, others);
      return;
    }
    this.#readers.delete(contentId);
    if (this.#doomed.delete(contentId)) this.#remove(contentId);
  }

  #path(contentId: string): string {
    return join(this.#folder, contentId.slice(0, 2), contentId);
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

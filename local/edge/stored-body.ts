import { type FileHandle, open, unlink } from "node:fs/promises";
import { Readable } from "node:stream";

/** Bytes that a reader takes at once: enough to be fast, little enough for many readers. */
const chunkBytes = 256 * 1024;

/**
 * A body on disk that can be read while it is still being written, so that a first viewer need not wait for the end and
 * a second need not ask the origin. Its file goes when it is discarded and the last reader has left.
 */
export class StoredBody {
  readonly #file: string;
  readonly #writer: FileHandle;
  #state: "writing" | "complete" | "failed" = "writing";
  #failure: unknown;
  #written = 0;
  #users = 1;
  #discarded = false;
  #changed = Promise.withResolvers<void>();

  private constructor(file: string, writer: FileHandle) {
    this.#file = file;
    this.#writer = writer;
  }

  /** Opens the file, which must not exist; `write` closes it. */
  static async create(file: string): Promise<StoredBody> {
    return new StoredBody(file, await open(file, "wx", 0o600));
  }

  get written(): number {
    return this.#written;
  }

  /** Undefined while it is being written. */
  get length(): number | undefined {
    return this.#state === "complete" ? this.#written : undefined;
  }

  /** Writes the source to its end; rejects, as every reader does then, when the source or the disk fails. To be called once. */
  async write(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#copy(source);
      this.#state = "complete";
    } catch (error) {
      this.#state = "failed";
      this.#failure = error;
      this.discard();
      throw error;
    } finally {
      this.#notify();
      this.#leave();
    }
  }

  async #copy(source: AsyncIterable<Uint8Array>): Promise<void> {
    await using writer = this.#writer;
    for await (const chunk of source) {
      await writer.appendFile(chunk);
      this.#written += chunk.length;
      this.#notify();
    }
  }

  /** Whether its file may be gone by the time that a further reader opens it. */
  get discarded(): boolean {
    return this.#discarded;
  }

  /** Keeps the file, discarded or not, until what it returns is disposed of. */
  hold(): Disposable {
    this.#users += 1;
    return { [Symbol.dispose]: () => this.#leave() };
  }

  /** The bytes from `first` up to and with `last`, or to the end; to be destroyed when they are not read to the end. */
  read(first = 0, last = Number.POSITIVE_INFINITY): Readable {
    const held = this.hold();
    const reader = new BodyReader(this.#file, (position) => this.#available(position), first, last);
    reader.once("close", () => held[Symbol.dispose]());
    // It may fail before anybody pipes it; whoever does then, is told.
    reader.on("error", () => undefined);
    return reader;
  }

  /** Resolves to the length once all is written. */
  async whenComplete(): Promise<number> {
    while (this.#state === "writing") await this.#changed.promise;
    if (this.#state === "failed") throw this.#failure;
    return this.#written;
  }

  /** No further reader comes. */
  discard(): void {
    this.#discarded = true;
    this.#removeIfUnused();
  }

  /** How far the bytes reach, once they reach beyond `position` or have come to their end. */
  async #available(position: number): Promise<number> {
    while (this.#written <= position && this.#state === "writing") await this.#changed.promise;
    if (this.#state === "failed") throw this.#failure;
    return this.#written;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #leave(): void {
    this.#users -= 1;
    this.#removeIfUnused();
  }

  #removeIfUnused(): void {
    // A file that cannot go now is swept at the next start.
    if (this.#discarded && this.#users === 0) unlink(this.#file).catch(() => undefined);
  }
}

class BodyReader extends Readable {
  readonly #file: string;
  readonly #available: (position: number) => Promise<number>;
  readonly #last: number;
  #position: number;
  #handle: FileHandle | undefined;

  constructor(file: string, available: (position: number) => Promise<number>, first: number, last: number) {
    super({ highWaterMark: chunkBytes });
    this.#file = file;
    this.#available = available;
    this.#position = first;
    this.#last = last;
  }

  override _construct(done: (error?: Error | null) => void): void {
    open(this.#file, "r").then(
      (handle) => {
        this.#handle = handle;
        done();
      },
      (error) => done(error),
    );
  }

  override _read(): void {
    this.#next().then(
      (chunk) => this.destroyed || this.push(chunk),
      (error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // A file handle closes only when its reads under way are over, so that none lands in a file opened after it.
    const closing = this.#handle?.close() ?? Promise.resolve();
    closing.then(
      () => done(error),
      (failure) => done(error ?? failure),
    );
  }

  async #next(): Promise<Buffer | null> {
    const reach = Math.min(await this.#available(this.#position), this.#last + 1);
    const length = Math.min(reach - this.#position, chunkBytes);
    if (length <= 0 || this.destroyed || this.#handle === undefined) return null;
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(length), 0, length, this.#position);
    if (bytesRead === 0) throw new Error("a file of the edge's cache was cut short by somebody else");
    this.#position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }
}

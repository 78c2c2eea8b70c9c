import { SigV4Error } from "./sigv4-error.ts";

/** A line here holds a chunk's size and signature, or a trailer: some hundred bytes. */
const longestLine = 1024;
const [carriageReturn, lineFeed] = [0x0d, 0x0a];

/** Reads lines and runs of bytes off a stream, holding no more than the buffer that came last; fails with IncompleteBody. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    let line = Buffer.alloc(0);
    while (line.at(-1) !== lineFeed) {
      if (await this.atEnd()) throw incompleteBody();
      const end = this.#rest.indexOf(lineFeed);
      line = Buffer.concat([line, this.#take(end === -1 ? this.#rest.length : end + 1)]);
      if (line.length > longestLine) throw incompleteBody();
    }
    if (line.at(-2) !== carriageReturn) throw incompleteBody();
    return line.toString("latin1", 0, line.length - 2);
  }

  async *bytes(length: number): AsyncGenerator<Buffer> {
    for (let missing = length; missing > 0; ) {
      if (await this.atEnd()) throw incompleteBody();
      const taken = this.#take(missing);
      missing -= taken.length;
      yield taken;
    }
  }

  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done) return true;
      this.#rest = next.value;
    }
    return false;
  }

  #take(most: number): Buffer {
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }
}

export function incompleteBody(): SigV4Error {
  return new SigV4Error("IncompleteBody", "The request body terminated unexpectedly");
}

import { Readable } from "node:stream";

export interface Peeked {
  /** No more than was asked for, unless a chunk went beyond. */
  readonly seen: Buffer;
  /** Whether that was all of it. */
  readonly complete: boolean;
  /** The whole stream, what was looked at included. */
  readonly whole: Readable;
}

/** Looks at the first bytes of a stream without losing them for whoever reads it next. */
export async function peek(source: Readable, bytes: number): Promise<Peeked> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let length = 0;
  let complete = false;
  while (length <= bytes && !complete) {
    const next = await chunks.next();
    complete = next.done === true;
    if (next.done) break;
    seen.push(next.value);
    length += next.value.length;
  }
  const whole = Readable.from(joined(seen, chunks), { objectMode: false });
  // Its end is the source's end, also when nobody wants the rest.
  whole.once("close", () => source.destroy());
  return { seen: Buffer.concat(seen), complete, whole };
}

async function* joined(seen: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* seen;
  yield* { [Symbol.asyncIterator]: () => rest };
}

import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ByteReader, incompleteBody } from "./byte-reader.ts";
import { headerValue } from "./canonical.ts";
import { ChunkSignatures } from "./chunk-signatures.ts";
import { SigV4Error } from "./sigv4-error.ts";
import type { VerifiedRequest } from "./types.ts";

/** A body with its `aws-chunked` coding taken off. */
export interface ChunkedBody {
  /**
   * In buffers of the source's size. They come before the signature over them is known, so nothing may be made of them
   * until the generator has ended. Fails with SignatureDoesNotMatch, IncompleteBody, InvalidChunkSizeError or
   * MalformedTrailerError.
   */
  readonly bytes: AsyncGenerator<Buffer>;
  /** What `bytes` will come to: the request's `x-amz-decoded-content-length`. */
  readonly length: number;
  /** By lower-case names, such as `x-amz-checksum-crc32`; complete once `bytes` has ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** S3 takes smaller chunks than this only at the end. */
const smallestChunk = 8192;
const trailerSignature = "x-amz-trailer-signature";

/** Decodes a streaming payload of any of the three kinds; throws MissingContentLength, as S3 must know the length at once. */
export function decodeChunked(
  source: AsyncIterable<Buffer>,
  verified: VerifiedRequest,
  headers: IncomingHttpHeaders,
): ChunkedBody {
  const { payload } = verified;
  if (payload.kind !== "streaming") throw new TypeError("only a streaming payload is aws-chunked");
  const length = decodedLength(headers);
  const declared = declaredTrailers(headers);
  const trailers = new Map<string, string>();
  const { signed, trailer, seedSignature } = payload;
  const signatures = signed ? new ChunkSignatures(verified, seedSignature) : undefined;
  return { bytes: decode(), length, trailers };

  async function* decode(): AsyncGenerator<Buffer> {
    const reader = new ByteReader(source);
    yield* decodeChunks(reader, length, signatures);
    if (trailer) await readTrailers(reader, trailers, declared, signatures);
    else if ((await reader.line()) !== "") throw incompleteBody();
    if (!(await reader.atEnd())) throw incompleteBody();
  }
}

async function* decodeChunks(reader: ByteReader, length: number, signatures: ChunkSignatures | undefined) {
  let remaining = length;
  let previousSize = smallestChunk;
  for (;;) {
    const { size, signature } = parseChunkHeader(await reader.line());
    if (size > remaining) throw incompleteBody();
    if (size > 0 && previousSize < smallestChunk) throw chunkTooSmall(previousSize);
    const hash = createHash("sha256");
    for await (const bytes of reader.bytes(size)) {
      if (signatures) hash.update(bytes);
      yield bytes;
    }
    signatures?.verifyChunk(hash.digest("hex"), signature);
    if (size === 0) break;
    if ((await reader.line()) !== "") throw incompleteBody();
    remaining -= size;
    previousSize = size;
  }
  if (remaining > 0) throw incompleteBody();
}

async function readTrailers(
  reader: ByteReader,
  trailers: Map<string, string>,
  declared: readonly string[],
  signatures: ChunkSignatures | undefined,
): Promise<void> {
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const [, name = "", value = ""] = /^([a-z0-9-]+):(.*)$/.exec(line.trim()) ?? [];
    const expected = name === trailerSignature ? signatures !== undefined : declared.includes(name);
    if (!expected || trailers.has(name)) throw malformedTrailer();
    trailers.set(name, value.trim());
  }
  const signature = trailers.get(trailerSignature) ?? "";
  trailers.delete(trailerSignature);
  if (trailers.size !== declared.length) throw malformedTrailer();
  signatures?.verifyTrailers([...trailers].map(([name, value]) => `${name}:${value}\n`).join(""), signature);
}

function parseChunkHeader(line: string): { size: number; signature: string } {
  const [, size, signature = ""] = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line) ?? [];
  if (size === undefined) throw incompleteBody();
  return { size: Number.parseInt(size, 16), signature };
}

function decodedLength(headers: IncomingHttpHeaders): number {
  const text = headerValue(headers, "x-amz-decoded-content-length");
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new SigV4Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
}

function declaredTrailers(headers: IncomingHttpHeaders): string[] {
  return headerValue(headers, "x-amz-trailer")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function chunkTooSmall(size: number): SigV4Error {
  return new SigV4Error(
    "InvalidChunkSizeError",
    `Only the last chunk is allowed to have a size less than ${smallestChunk} bytes`,
    { BadChunkSize: String(size) },
  );
}

function malformedTrailer(): SigV4Error {
  return new SigV4Error(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
  );
}

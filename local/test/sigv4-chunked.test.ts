import { createHash, createHmac } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import fc from "fast-check";
import { type ChunkedBody, decodeChunked } from "../sigv4/chunked.ts";
import { signHeaders } from "../sigv4/sign.ts";
import { SigV4Error } from "../sigv4/sigv4-error.ts";
import { verifyRequest } from "../sigv4/verify.ts";
import { rejection } from "./support/rejection.ts";
import { example, exampleLookup, exampleNow } from "./support/sigv4-example.ts";

type Kind = "signed" | "signed-trailer" | "unsigned-trailer";

const payloadHashes: Readonly<Record<Kind, string>> = {
  signed: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "signed-trailer": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "unsigned-trailer": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
};
const kinds: readonly Kind[] = ["signed", "signed-trailer", "unsigned-trailer"];
const crc = "x-amz-checksum-crc32";
const scope = "20130524/us-east-1/s3/aws4_request";
const kilobytes = (count: number, byte = "a") => Buffer.alloc(count * 1024, byte);

/** The parts of an encoded body, so that a test can damage one. */
interface Encoded {
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly Buffer[];
}

/** What a client sends; written from the specification and apart from the decoder, so that they check each other. */
function encode(kind: Kind, chunks: readonly Buffer[], overrides: Readonly<Record<string, string>> = {}): Encoded {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const headers = signHeaders({
    method: "PUT",
    url: new URL("https://photos.s3.us-east-1.amazonaws.com/uploads/olga/photo"),
    headers: {
      "x-amz-decoded-content-length": String(length),
      ...(kind !== "signed" && { "x-amz-trailer": crc }),
      ...overrides,
    },
    credentials: example,
    service: "s3",
    region: "us-east-1",
    now: exampleNow,
    payloadHash: payloadHashes[kind],
  });
  let previous = headers.authorization?.slice(-64) ?? "";
  const sign = (algorithm: string, ...hashes: readonly string[]) => {
    previous = hmac(signingKey(), [algorithm, "20130524T000000Z", scope, previous, ...hashes].join("\n")).toString(
      "hex",
    );
    return previous;
  };
  const parts = [...chunks, Buffer.alloc(0)].flatMap((chunk) => {
    const signature = sign("AWS4-HMAC-SHA256-PAYLOAD", sha256(""), sha256(chunk));
    const extension = kind === "unsigned-trailer" ? "" : `;chunk-signature=${signature}`;
    return [
      Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
      ...(chunk.length > 0 ? [chunk, Buffer.from("\r\n")] : []),
    ];
  });
  if (kind !== "signed") {
    parts.push(Buffer.from(`${crc}:NSRBwg==\r\n`));
    const signature = sign("AWS4-HMAC-SHA256-TRAILER", sha256(`${crc}:NSRBwg==\n`));
    if (kind === "signed-trailer") parts.push(Buffer.from(`x-amz-trailer-signature:${signature}\r\n`));
  }
  return { headers, parts: [...parts, Buffer.from("\r\n")] };
}

function decode(
  { headers, parts }: Encoded,
  wire: AsyncIterable<Buffer> = inPieces(Buffer.concat(parts), 1000),
): ChunkedBody {
  const request = { method: "PUT", target: "/uploads/olga/photo", headers };
  const options = { credentials: exampleLookup, service: "s3", region: "us-east-1", now: exampleNow };
  return decodeChunked(wire, verifyRequest(request, options), headers);
}

async function* inPieces(wire: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < wire.length; start += size) yield wire.subarray(start, start + size);
}

function signingKey(): Buffer {
  return scope.split("/").reduce<Buffer>(hmac, Buffer.from(`AWS4${example.secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Changes one part; a negative index counts from the end. */
function damage({ headers, parts }: Encoded, index: number, change: (part: string) => string): Encoded {
  const part = parts.at(index)?.toString("latin1") ?? "";
  return { headers, parts: parts.with(index, Buffer.from(change(part), "latin1")) };
}

function move({ headers, parts }: Encoded, from: readonly number[]): Encoded {
  return { headers, parts: from.flatMap((index) => parts[index] ?? []) };
}

const twoChunks = [kilobytes(8), kilobytes(8, "b")];
const flip = (part: string) => `${String.fromCharCode(part.charCodeAt(0) ^ 1)}${part.slice(1)}`;

const refusals: [title: string, code: string, encoded: () => Encoded][] = [
  ["a changed byte", "SignatureDoesNotMatch", () => damage(encode("signed", twoChunks), 1, flip)],
  ["a changed byte of the last chunk", "SignatureDoesNotMatch", () => damage(encode("signed", twoChunks), 4, flip)],
  [
    "chunks in another order",
    "SignatureDoesNotMatch",
    () => move(encode("signed", twoChunks), [3, 4, 5, 0, 1, 2, 6, 7]),
  ],
  [
    "a chunk that is sent twice",
    "SignatureDoesNotMatch",
    () => move(encode("signed", [kilobytes(8), kilobytes(8)]), [0, 1, 2, 0, 1, 2, 6, 7]),
  ],
  [
    "a forged last chunk",
    "SignatureDoesNotMatch",
    () => damage(encode("signed", twoChunks), 6, (part) => part.replace(/[0-9a-f]{64}/, "0".repeat(64))),
  ],
  [
    "a chunk without its signature",
    "SignatureDoesNotMatch",
    () => damage(encode("signed", twoChunks), 0, () => "2000\r\n"),
  ],
  [
    "a changed trailer",
    "SignatureDoesNotMatch",
    () => damage(encode("signed-trailer", twoChunks), 7, () => `${crc}:AAAAAA==\r\n`),
  ],
  [
    "trailers without their signature",
    "SignatureDoesNotMatch",
    () => damage(encode("signed-trailer", twoChunks), 8, () => ""),
  ],
  ["a missing trailer", "MalformedTrailerError", () => damage(encode("unsigned-trailer", twoChunks), 7, () => "")],
  [
    "a trailer that was not announced",
    "MalformedTrailerError",
    () => damage(encode("unsigned-trailer", twoChunks), 7, (part) => `${part}x-amz-meta-more:1\r\n`),
  ],
  [
    "a trailer that comes twice",
    "MalformedTrailerError",
    () => damage(encode("unsigned-trailer", twoChunks), 7, (part) => part + part),
  ],
  [
    "a trailer that is none",
    "MalformedTrailerError",
    () => damage(encode("unsigned-trailer", twoChunks), 7, () => "no colon\r\n"),
  ],
  [
    "a trailer where none belongs",
    "IncompleteBody",
    () => damage(encode("signed", twoChunks), -1, () => `${crc}:NSRBwg==\r\n\r\n`),
  ],
  [
    "more bytes than were announced",
    "IncompleteBody",
    () => encode("signed", twoChunks, { "x-amz-decoded-content-length": "16383" }),
  ],
  [
    "fewer bytes than were announced",
    "IncompleteBody",
    () => encode("signed", twoChunks, { "x-amz-decoded-content-length": "16385" }),
  ],
  ["bytes after the end", "IncompleteBody", () => damage(encode("signed", twoChunks), -1, (part) => `${part}more`)],
  [
    "a small chunk before the last",
    "InvalidChunkSizeError",
    () => encode("unsigned-trailer", [kilobytes(7), kilobytes(8)]),
  ],
  [
    "a size that is no number",
    "IncompleteBody",
    () => damage(encode("unsigned-trailer", twoChunks), 0, () => "twelve\r\n"),
  ],
  ["a negative size", "IncompleteBody", () => damage(encode("unsigned-trailer", twoChunks), 0, () => "-2000\r\n")],
  [
    "a size beyond all numbers",
    "IncompleteBody",
    () => damage(encode("unsigned-trailer", twoChunks), 0, () => `${"f".repeat(40)}\r\n`),
  ],
  [
    "a line without an end",
    "IncompleteBody",
    () => damage(encode("unsigned-trailer", twoChunks), 0, () => "2".repeat(1_000_000)),
  ],
  ["a bare line feed", "IncompleteBody", () => damage(encode("unsigned-trailer", twoChunks), 0, () => "2000\n")],
  [
    "no decoded length",
    "MissingContentLength",
    () => encode("signed", twoChunks, { "x-amz-decoded-content-length": "" }),
  ],
];

describe("the decoder of aws-chunked bodies", () => {
  it("gives the bytes and trailers back, however they were cut", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.array(fc.integer({ min: 8192, max: 20_000 }), { maxLength: 3 }),
        fc.nat(9000),
        fc.integer({ min: 50, max: 70_000 }),
        async (kind, sizes, lastSize, pieceSize) => {
          const chunks = [...sizes, lastSize]
            .filter((size) => size > 0)
            .map((size, index) => Buffer.alloc(size, index + 1));
          const encoded = encode(kind, chunks);
          const { bytes, length, trailers } = decode(encoded, inPieces(Buffer.concat(encoded.parts), pieceSize));
          const decoded = await buffer(bytes);
          expect(decoded.equals(Buffer.concat(chunks))).to.equal(true);
          expect(length).to.equal(decoded.length);
          expect(Object.fromEntries(trailers)).to.deep.equal(kind === "signed" ? {} : { [crc]: "NSRBwg==" });
        },
      ),
      { numRuns: 50 },
    ));

  it("refuses with IncompleteBody whatever ends early", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), fc.nat(), async (kind, cut) => {
        const encoded = encode(kind, twoChunks);
        const wire = Buffer.concat(encoded.parts);
        const { bytes } = decode(encoded, inPieces(wire.subarray(0, cut % wire.length), 4096));
        expect(await rejection(buffer(bytes), SigV4Error)).to.have.property("code", "IncompleteBody");
      }),
      { numRuns: 50 },
    ));

  for (const [title, code, encoded] of refusals) {
    it(`refuses ${title} with ${code}`, async () => {
      const refused = (async () => buffer(decode(encoded()).bytes))();
      expect(await rejection(refused, SigV4Error)).to.have.property("code", code);
    });
  }

  it("holds no more than one piece of a chunk at a time", async () => {
    const encoded = encode("signed", [kilobytes(64)]);
    let pulled = 0;
    const counted = async function* () {
      for await (const piece of inPieces(Buffer.concat(encoded.parts), 1024)) {
        pulled += piece.length;
        yield piece;
      }
    };
    let decoded = 0;
    for await (const bytes of decode(encoded, counted()).bytes) {
      decoded += bytes.length;
      expect(pulled - decoded).to.be.at.most(1024);
    }
    expect(decoded).to.equal(64 * 1024);
  });
});

import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { crc32, createDeflate } from "node:zlib";
import type { RejectReason } from "../../../api/domain/photo.ts";
import { chelsea, pngWithAlpha, type TestPhoto } from "./photos.ts";

/** A file that the worker must turn away, and why; width and height are what it claims, 0 when it claims nothing. */
export interface BadUpload extends Omit<TestPhoto, "looksLike"> {
  readonly reason: RejectReason;
}

const script = "<script>alert(document.domain)</script>";

const nothing = { width: 0, height: 0 };

export const badUploads: readonly BadUpload[] = [
  { ...nothing, name: "empty.jpg", contentType: "image/jpeg", reason: "empty", bytes: async () => Buffer.alloc(0) },
  {
    ...nothing,
    name: "text.jpg",
    contentType: "image/jpeg",
    reason: "type-mismatch",
    bytes: async () => Buffer.from("This is no photograph.\n".repeat(100)),
  },
  { ...pngWithAlpha, name: "png-inside.jpg", contentType: "image/jpeg", reason: "type-mismatch" },
  {
    name: "scripted-svg.png",
    contentType: "image/png",
    reason: "type-mismatch",
    width: 100,
    height: 100,
    bytes: async () => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${script}</svg>`),
  },
  {
    ...chelsea,
    name: "truncated.jpg",
    reason: "undecodable",
    bytes: async () => {
      const whole = await chelsea.bytes();
      return whole.subarray(0, Math.floor(whole.length * 0.6));
    },
  },
  {
    // Its width spells the start of a comment, so that it is a script as well.
    name: "script-inside.gif",
    contentType: "image/gif",
    reason: "undecodable",
    width: 0x2a2f,
    height: 1,
    bytes: async () => Buffer.from("GIF89a/*\u0001\0\0\0\0*/=1;alert(document.domain)//", "latin1"),
  },
  {
    name: "bomb.png",
    contentType: "image/png",
    reason: "too-many-pixels",
    width: 30_000,
    height: 30_000,
    bytes: () => blackPng(30_000, 30_000),
  },
];

/** A photograph to every decoder, and a page with a script to whoever sniffs: it is kept, but its renditions must be clean. */
export const polyglot: TestPhoto & { readonly payload: string } = {
  ...chelsea,
  name: "page-inside.jpg",
  payload: script,
  bytes: async () => {
    const photo = await chelsea.bytes();
    const page = Buffer.from(`<!doctype html>${script}`);
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, page.length + 2]), page]);
    return Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2), page]);
  },
};

/** A real PNG of one bit a pixel: about a thousandth of the memory that it asks for. */
async function blackPng(width: number, height: number): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(1, 8);
  // Each row begins with the byte that names its filter.
  const row = Buffer.alloc(1 + Math.ceil(width / 8));
  const rows = Readable.from(Array.from({ length: height }, () => row)).pipe(createDeflate());
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", await buffer(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

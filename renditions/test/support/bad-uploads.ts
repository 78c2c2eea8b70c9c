import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { crc32, createDeflate, deflateRawSync } from "node:zlib";
import sharp from "sharp";
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
  { ...chelsea, name: "jpeg-inside.png", contentType: "image/png", reason: "type-mismatch" },
  {
    ...nothing,
    name: "archive.png",
    contentType: "image/png",
    reason: "type-mismatch",
    bytes: async () => archive(),
  },
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

/**
 * Photographs with something in them that is there to harm whoever reads it: they are kept as they came, and all else must
 * stay clean, quick and small.
 */
export const trapped: readonly TestPhoto[] = [
  {
    ...chelsea,
    name: "archive-behind.jpg",
    bytes: async () => Buffer.concat([await chelsea.bytes(), await archive()]),
  },
  trappedPng("gibibyte-of-text.png", "zTXt", "Comment\0\0"),
  trappedPng("gibibyte-of-profile.png", "iCCP", "profile\0\0"),
  trappedPng("gibibyte-of-xmp.png", "iTXt", "XML:com.adobe.xmp\0\u0001\0\0\0"),
  trappedJpeg("exif-in-circles.jpg", () => {
    const tiff = Buffer.alloc(26);
    tiff.write("II*\0", "latin1");
    tiff.writeUInt32LE(8, 4);
    tiff.writeUInt16LE(1, 8);
    // The EXIF directory is the one that it stands in, and so is the next one.
    for (const [at, value] of [
      [10, 0x0004_8769],
      [14, 1],
      [18, 8],
      [22, 8],
    ] as const) {
      tiff.writeUInt32LE(value, at);
    }
    return tiff;
  }),
  trappedJpeg("exif-of-four-gigabytes.jpg", () => {
    const tiff = Buffer.alloc(65_000);
    tiff.write("II*\0", "latin1");
    tiff.writeUInt32LE(8, 4);
    tiff.writeUInt16LE(0xffff, 8);
    for (let at = 10; at + 12 <= tiff.length; at += 12) {
      tiff.writeUInt32LE(0x0007_9286, at);
      tiff.writeUInt32LE(0xffff_ffff, at + 4);
      tiff.writeUInt32LE(8, at + 8);
    }
    return tiff;
  }),
];

/** A chunk whose text a megabyte of zlib's output unfolds into a gibibyte of zeros. */
function trappedPng(name: string, type: string, keyword: string): TestPhoto {
  const bytes = async () => {
    const png = await sharp(await chelsea.bytes())
      .png()
      .toBuffer();
    const mebibyte = Buffer.alloc(1024 ** 2);
    const text = await buffer(Readable.from(Array.from({ length: 1024 }, () => mebibyte)).pipe(createDeflate()));
    const bomb = chunk(type, Buffer.concat([Buffer.from(keyword, "latin1"), text]));
    // Behind the signature and the header.
    return Buffer.concat([png.subarray(0, 33), bomb, png.subarray(33)]);
  };
  return { ...chelsea, name, contentType: "image/png", bytes };
}

function trappedJpeg(name: string, makeExif: () => Buffer): TestPhoto {
  const bytes = async () => {
    const jpeg = await sharp(await chelsea.bytes())
      .jpeg({ quality: 95 })
      .toBuffer();
    const exif = Buffer.concat([Buffer.from("\xff\xe1\0\0Exif\0\0", "latin1"), makeExif()]);
    exif.writeUInt16BE(exif.length - 2, 2);
    return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
  };
  return { ...chelsea, name, bytes };
}

/** A ZIP archive of one file: sixteen mebibytes of zeros in as many kilobytes. */
async function archive(): Promise<Buffer> {
  const content = Buffer.alloc(16 * 1024 ** 2);
  const packed = deflateRawSync(content);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(8, 4);
  about.writeUInt32LE(crc32(content), 10);
  about.writeUInt32LE(packed.length, 14);
  about.writeUInt32LE(content.length, 18);
  about.writeUInt16LE(1, 22);
  const name = Buffer.from("a");
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), about, name, packed]);
  const entry = Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\0"), about, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

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

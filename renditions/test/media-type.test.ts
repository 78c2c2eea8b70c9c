import { expect } from "chai";
import { detectMediaType } from "../media-type.ts";

describe("the media type of a file's first bytes", () => {
  const ebml = "\x1a\x45\xdf\xa3";
  const ftyp = (...brands: string[]) => {
    const box = Buffer.from(`\0\0\0\0ftyp${brands[0]}\0\0\0\0${brands.slice(1).join("")}`, "latin1");
    box.writeUInt32BE(box.length, 0);
    return box.toString("latin1");
  };
  const cases: [string, string, string | undefined][] = [
    ["a JPEG", "\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"],
    ["a PNG", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"],
    ["a PNG that was changed as text", "\x89PNG\n\x1a\n\0\0\0\rIHDR", undefined],
    ["a GIF of 1987", "GIF87a", "image/gif"],
    ["a GIF of 1989", "GIF89a", "image/gif"],
    ["a GIF of no year", "GIF88a", undefined],
    ["a WebP", "RIFF\n\0\0\0WEBPVP8 ", "image/webp"],
    ["a sound in the same container", "RIFF\x24\0\0\0WAVEfmt ", undefined],
    ["an AVIF", ftyp("avif", "mif1", "miaf"), "image/avif"],
    ["an AVIF that is first of all a HEIF", ftyp("mif1", "miaf", "avif"), "image/avif"],
    ["an AVIF sequence", ftyp("avis", "msf1"), "image/avif"],
    ["a HEIC", ftyp("heic", "mif1"), "image/heic"],
    ["a HEIC that is first of all a HEIF", ftyp("mif1", "miaf", "heic"), "image/heic"],
    ["a HEIC of ten bits", ftyp("heix", "mif1"), "image/heic"],
    ["a HEIF of no kind that phones make", ftyp("mif1", "jpeg"), undefined],
    ["a film", ftyp("isom", "iso2", "avc1", "mp41"), "video/mp4"],
    ["a film of a brand that is not widely known", ftyp("XAVC", "XAVC", "mp42"), "video/mp4"],
    ["a film with an AVIF brand after its box", `${ftyp("isom", "mp41")}avif`, "video/mp4"],
    ["a film of a phone", ftyp("qt  ", "qt  "), "video/quicktime"],
    ["a sound in a film's container", ftyp("M4A ", "M4A "), undefined],
    ["a WebM", `${ebml}\x9f\x42\x86\x81\x01\x42\x82\x84webm`, "video/webm"],
    ["a Matroska", `${ebml}\xa3\x42\x86\x81\x01\x42\x82\x88matroska`, undefined],
    ["an SVG", "<svg xmlns=", undefined],
    ["a PDF", "%PDF-1.7", undefined],
    ["a TIFF", "II*\0", undefined],
    ["an empty file", "", undefined],
    ["a file of two bytes", "\xff\xd8", undefined],
  ];
  for (const [title, head, expected] of cases) {
    it(`is ${expected ?? "unknown"} for ${title}`, () => {
      expect(detectMediaType(Buffer.from(head, "latin1"))).to.equal(expected);
    });
  }
});

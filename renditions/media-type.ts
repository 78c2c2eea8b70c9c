/** How many bytes of a file `detectMediaType` looks at. */
export const headLength = 256;

/** Of the MP4 registration authority, those of films that browsers play. */
const filmBrands = /^(isom|iso[2-9a-c]|mp4[12]|avc1|hvc1|av01|M4V[ HP]|dash|MSNV)$/;

const signatures: readonly { type: string; matches: (head: Buffer) => boolean }[] = [
  { type: "image/jpeg", matches: (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { type: "image/png", matches: (head) => head.subarray(0, 8).toString("latin1") === "\x89PNG\r\n\x1a\n" },
  { type: "image/gif", matches: (head) => /^GIF8[79]a/.test(head.toString("latin1")) },
  { type: "image/webp", matches: (head) => /^RIFF[\s\S]{4}WEBP/.test(head.toString("latin1")) },
  { type: "image/avif", matches: (head) => brandsOf(head).some((brand) => brand === "avif" || brand === "avis") },
  { type: "image/heic", matches: (head) => brandsOf(head).some((brand) => /^hei[cxms]$/.test(brand)) },
  { type: "video/quicktime", matches: (head) => brandsOf(head)[0] === "qt  " },
  { type: "video/mp4", matches: (head) => brandsOf(head).some((brand) => filmBrands.test(brand)) },
  { type: "video/webm", matches: isWebm },
];

/** HEIF is the container and HEIC what phones put into it: they announce one or the other. */
export function isAnnouncedAs(announced: string, found: string | undefined): boolean {
  return announced === found || (announced === "image/heif" && found === "image/heic");
}

/** The media type that the first bytes of a file show, of those that the worker knows. */
export function detectMediaType(head: Buffer): string | undefined {
  return signatures.find(({ matches }) => matches(head))?.type;
}

/** By the DocType in the header of every EBML file (RFC 8794); Matroska differs from WebM in it alone. */
function isWebm(head: Buffer): boolean {
  const isEbml = head.subarray(0, 4).equals(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]));
  return isEbml && head.subarray(0, 64).includes("\x42\x82\x84webm", 0, "latin1");
}

/** The brands in the `ftyp` box that opens every ISO media file (ISO/IEC 14496-12); HEIC, MP4 and AVIF differ in them alone. */
function brandsOf(head: Buffer): string[] {
  if (head.length < 16 || head.toString("latin1", 4, 8) !== "ftyp") return [];
  const box = head.toString("latin1", 0, Math.min(head.readUInt32BE(0), head.length));
  // Between the major brand and the compatible ones stand four bytes of version.
  return [box.slice(8, 12), ...(box.slice(16).match(/[\s\S]{4}/g) ?? [])];
}

/** How many bytes of a file `detectMediaType` looks at. */
export const headLength = 64;

const signatures: readonly { type: string; matches: (head: Buffer) => boolean }[] = [
  { type: "image/jpeg", matches: (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { type: "image/png", matches: (head) => head.subarray(0, 8).toString("latin1") === "\x89PNG\r\n\x1a\n" },
  { type: "image/gif", matches: (head) => /^GIF8[79]a/.test(head.toString("latin1")) },
  { type: "image/webp", matches: (head) => /^RIFF[\s\S]{4}WEBP/.test(head.toString("latin1")) },
  { type: "image/avif", matches: (head) => brandsOf(head).some((brand) => brand === "avif" || brand === "avis") },
  { type: "image/heic", matches: (head) => brandsOf(head).some((brand) => /^hei[cxms]$/.test(brand)) },
];

/** HEIF is the container and HEIC what phones put into it: they announce one or the other. */
export function isAnnouncedAs(announced: string, found: string | undefined): boolean {
  return announced === found || (announced === "image/heif" && found === "image/heic");
}

/** The media type that the first bytes of a file show, of those that the worker can decode. */
export function detectMediaType(head: Buffer): string | undefined {
  return signatures.find(({ matches }) => matches(head))?.type;
}

/** The brands in the `ftyp` box that opens every ISO media file (ISO/IEC 14496-12); HEIC, MP4 and AVIF differ in them alone. */
function brandsOf(head: Buffer): string[] {
  if (head.length < 16 || head.toString("latin1", 4, 8) !== "ftyp") return [];
  const box = head.toString("latin1", 0, Math.min(head.readUInt32BE(0), head.length));
  // Between the major brand and the compatible ones stand four bytes of version.
  return [box.slice(8, 12), ...(box.slice(16).match(/[\s\S]{4}/g) ?? [])];
}

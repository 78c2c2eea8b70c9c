/** How many of a file's first bytes tell its type. */
const headLength = 64;

const signatures: readonly [type: string, pattern: RegExp][] = [
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/png", /^\x89PNG\r\n/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF.{4}WEBP/s],
  ["image/avif", /^.{4}ftypavi[fs]/s],
  ["image/heic", /^.{4}ftyphei[cxms]/s],
  ["video/quicktime", /^.{4}ftypqt {2}/s],
  ["video/mp4", /^.{4}ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V )/s],
  ["video/webm", /^.E\xdf\xa3.{1,52}webm/s],
];

/** The media type of an upload: what the app or the file says of it, else what its first bytes show. Rejects with a TypeError. */
export async function mediaTypeOf(bytes: Blob, said = bytes.type): Promise<string> {
  if (said) return said;
  const head = new Uint8Array(await bytes.slice(0, headLength).arrayBuffer());
  const text = String.fromCharCode(...head);
  const found = signatures.find(([, pattern]) => pattern.test(text));
  if (!found) throw new TypeError("The type of the upload can't be told from its bytes: give its contentType");
  return found[0];
}

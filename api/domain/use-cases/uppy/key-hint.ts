import type { UploadRequest } from "../photos/reserve-uploads.ts";

/** By the ends of names; whether the bytes are of that type, and the stack takes it, others decide. */
const types: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
};

/** What browsers say of a file of which they know nothing. */
const anything = new Set(["", "application/octet-stream"]);

/** The media type that is said of a file, else that its name shows; `application/octet-stream` when neither tells. */
export function typeOf(said: string | undefined, filename: string | undefined): string {
  if (said !== undefined && !anything.has(said)) return said;
  const end = filename?.split(".").at(-1)?.toLowerCase() ?? "";
  return types[end] ?? "application/octet-stream";
}

/**
 * What the key that a client of Uppy 6 would like says of its file. The server chooses keys, and its protocol has no other
 * place for a size: `{size}/{name}` tells it, and the default, `{random UUID}-{name}`, does not.
 */
export function readKeyHint(key: string): Pick<UploadRequest, "size" | "filename"> {
  const sized = /^(?<size>[1-9]\d{0,14})\/(?<name>.*)$/s.exec(key)?.groups;
  const name =
    (sized?.name ?? key)
      .split("/")
      .at(-1)
      ?.replace(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-/, "") ?? "";
  return {
    ...(sized && { size: Number(sized.size) }),
    ...(isFilename(name) && { filename: name }),
  };
}

/** One line for people to read, as everywhere; a name that is none is left out, for nobody has typed it in. */
function isFilename(name: string): boolean {
  return /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]{1,255}$/u.test(name);
}

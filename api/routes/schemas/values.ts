import Type from "typebox";
import { type PhotoSize, photoKeys, renditionFormats } from "../../domain/photo.ts";
import { userIdPattern } from "../../domain/user.ts";
import { oneOf } from "./ref.ts";

export const exampleId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11";

export const Uuid = Type.String({ format: "uuid", examples: [exampleId] });

export const UserId = Type.String({
  pattern: userIdPattern.source,
  description: "The `sub` of the user's tokens.",
  examples: ["f4b8a408-8091-7037-3cd2-9f1d0a6c2b11"],
});

/** The serialiser writes a Date for a fraction of what `toISOString` costs. */
export const Time = Type.Unsafe<Date | string>({
  type: "string",
  format: "date-time",
  description: "RFC 3339, UTC.",
  examples: ["2026-06-01T09:30:00.000Z"],
});

export const RenditionFormat = oneOf(renditionFormats, {
  default: "webp",
  description: "What the rendition should come in; a photo that does not come in it comes as WebP.",
});

export function signedUrl(size: PhotoSize) {
  const key = exampleKey(size);
  const query = "Policy=eyJTdGF0ZW1lbnQi&Key-Pair-Id=K2EXAMPLE&Signature=MEUCIQDx&Hash-Algorithm=SHA256";
  return Type.String({
    format: "uri",
    description: "Opens for whoever holds it, until it expires.",
    examples: [`https://media.example.com/${key}?${query}`],
  });
}

function exampleKey(size: PhotoSize): string {
  if (size === "original") return photoKeys.original(exampleId);
  return size === "video" ? photoKeys.video(exampleId, "mp4") : photoKeys.rendition(exampleId, size);
}

/**
 * One line for people to read: no control characters, which forge log and header lines, no line separators, no halves of
 * characters, and none of the marks that turn the direction of text, by which `gpj.exe` is made to look like an image.
 */
const lineOfText = "^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069]+$";

export const Title = Type.String({ minLength: 1, maxLength: 200, pattern: lineOfText, examples: ["At the lake"] });
export const DisplayName = Type.String({ minLength: 1, maxLength: 80, pattern: lineOfText, examples: ["Olga"] });
export const Filename = Type.String({ minLength: 1, maxLength: 255, pattern: lineOfText, examples: ["IMG_0042.jpg"] });

/** A list that one request asks about. */
export const maxBulkItems = 1000;

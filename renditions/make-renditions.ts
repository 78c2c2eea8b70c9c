import sharp from "sharp";
import { type RenditionName, renditionNames } from "../api/domain/photo.ts";
import type { DecodedPhoto } from "../api/domain/photo-changes.ts";
import { decodeHeic } from "./decode-heic.ts";
import { isAnnouncedAs } from "./media-type.ts";
import { RejectedUploadError } from "./rejected-upload-error.ts";
import { timeTaken } from "./time-taken.ts";

export interface Rendition {
  readonly name: RenditionName;
  readonly webp: Buffer;
}

export interface RenderedPhoto {
  readonly decoded: DecodedPhoto;
  readonly renditions: readonly Rendition[];
}

/** As near to the source as quality 80 at libwebp's own effort of 4, in half the time, for about a tenth more bytes. */
export const webpOptions = { quality: 82, effort: 2 };
const largestEdge = Math.max(...renditionNames.map(Number));

/**
 * Decodes the file and makes every rendition: upright, in sRGB, without metadata, of an animation its first frame, and
 * never larger than the source. Throws RejectedUploadError for a file that is not what `contentType` says, has more than
 * `maxPixels` over all its frames, or can't be decoded to its end.
 */
export async function makeRenditions(
  file: string,
  { contentType, maxPixels }: { contentType: string; maxPixels: number },
): Promise<RenderedPhoto> {
  const { decoded, compression, icc } = await inspect(file, contentType, maxPixels);
  const readable = compression === "hevc" ? await decodeHeic(file, { maxPixels, icc }) : file;
  const largest = await decodable(
    sharp(readable, { limitInputPixels: maxPixels, failOn: "error", autoOrient: true })
      .resize({ width: largestEdge, height: largestEdge, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );

  // The smaller ones are made of the largest: decoding the source again for each would take longer than all the rest.
  const encoded = new Map<number, Promise<Buffer>>();
  const encode = (edge: number): Promise<Buffer> => {
    const { width, height, channels } = largest.info;
    return sharp(largest.data, { raw: { width, height, channels }, limitInputPixels: maxPixels })
      .resize({ width: edge, height: edge, fit: "inside", withoutEnlargement: true })
      .webp(webpOptions)
      .toBuffer();
  };
  const longestEdge = Math.max(largest.info.width, largest.info.height);
  const renditions = renditionNames.map(async (name): Promise<Rendition> => {
    const edge = Math.min(Number(name), longestEdge);
    const webp = encoded.get(edge) ?? encode(edge);
    encoded.set(edge, webp);
    return { name, webp: await webp };
  });
  return { decoded, renditions: await Promise.all(renditions) };
}

/** Reads the header only, before any memory is spent on pixels. */
async function inspect(file: string, contentType: string, maxPixels: number) {
  const metadata = await decodable(sharp(file, { limitInputPixels: false }).metadata());
  const { width, height, pages = 1, autoOrient, exif, icc, compression, mediaType } = metadata;
  // The decoder chooses by the bytes too, and must have come to the same conclusion as we did.
  if (!isAnnouncedAs(contentType, mediaType)) throw new RejectedUploadError("type-mismatch");
  if (width * height * pages > maxPixels) throw new RejectedUploadError("too-many-pixels");
  const takenAt = timeTaken(exif);
  const decoded: DecodedPhoto = { width: autoOrient.width, height: autoOrient.height, ...(takenAt && { takenAt }) };
  return { decoded, compression, icc };
}

async function decodable<T>(decoding: Promise<T>): Promise<T> {
  return decoding.catch(() => {
    throw new RejectedUploadError("undecodable");
  });
}

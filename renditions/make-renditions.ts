import sharp from "sharp";
import { type FurtherFormat, type RenditionFormat, type RenditionName, renditionNames } from "../api/domain/photo.ts";
import type { DecodedPhoto } from "../api/domain/photo-changes.ts";
import { decodeHeic } from "./decode-heic.ts";
import { encoders } from "./encoders.ts";
import { isAnnouncedAs } from "./media-type.ts";
import { RejectedUploadError } from "./rejected-upload-error.ts";
import { timeTaken } from "./time-taken.ts";

export interface Rendition {
  readonly name: RenditionName;
  readonly format: RenditionFormat;
  readonly bytes: Buffer;
}

export interface RenderedPhoto {
  readonly decoded: DecodedPhoto;
  readonly renditions: readonly Rendition[];
}

export interface RenderOptions {
  readonly contentType: string;
  /** Over all frames. */
  readonly maxPixels: number;
  /** What to encode in besides WebP. */
  readonly formats: readonly FurtherFormat[];
}

const largestEdge = Math.max(...renditionNames.map(Number));

/**
 * Decodes the file and makes every rendition: upright, in sRGB, without metadata, of an animation its first frame, and
 * never larger than the source. Throws RejectedUploadError for a file that is not what `contentType` says, has more than
 * `maxPixels` over all its frames, or can't be decoded to its end.
 */
export async function makeRenditions(
  file: string,
  { contentType, maxPixels, formats }: RenderOptions,
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
  const { width, height, channels } = largest.info;
  const encode = (edge: number, format: RenditionFormat): Promise<Buffer> => {
    const image = sharp(largest.data, { raw: { width, height, channels }, limitInputPixels: maxPixels });
    return encoders[format](
      image.resize({ width: edge, height: edge, fit: "inside", withoutEnlargement: true }),
    ).toBuffer();
  };
  const encodeAll = async (format: RenditionFormat): Promise<Rendition[]> => {
    const encoded = new Map<number, Promise<Buffer>>();
    const renditions = renditionNames.map(async (name): Promise<Rendition> => {
      const edge = Math.min(Number(name), Math.max(width, height));
      const bytes = encoded.get(edge) ?? encode(edge, format);
      encoded.set(edge, bytes);
      return { name, format, bytes: await bytes };
    });
    return Promise.all(renditions);
  };
  const renditions = await Promise.all((["webp", ...formats] as const).map(encodeAll));
  return { decoded: { ...decoded, ...(formats.length > 0 && { formats }) }, renditions: renditions.flat() };
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

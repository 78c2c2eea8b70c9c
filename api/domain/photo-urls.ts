import {
  type Photo,
  type PhotoSize,
  photoKeys,
  type RenditionFormat,
  type SignedPart,
  videoExtensions,
} from "./photo.ts";
import type { PartSignatures, SignForWindow } from "./window-signer.ts";

export interface UrlsWanted {
  readonly photo: Photo;
  readonly sizes: readonly PhotoSize[];
  /** Of the renditions; WebP of those that don't come in it, and without one. */
  readonly format?: RenditionFormat | undefined;
  readonly until?: Date | undefined;
}

export interface ViewedPhoto {
  readonly photo: Photo;
  readonly urls: Readonly<Partial<Record<PhotoSize, string>>>;
  /** Absent when there are no URLs. */
  readonly expiresAt?: Date;
}

/** Signs URLs of the sizes asked for, in the order of the photos. Whether a viewer may have them is decided before. */
export type SignPhotoUrls = (wanted: readonly UrlsWanted[]) => Promise<ViewedPhoto[]>;

export interface PhotoUrlsOptions {
  /** The origin of the media distribution, without a slash at the end. */
  readonly mediaUrl: string;
  readonly signForWindow: SignForWindow;
}

export function createPhotoUrls({ mediaUrl, signForWindow }: PhotoUrlsOptions): SignPhotoUrls {
  function withUrls({ photo, sizes, format }: UrlsWanted, signatures: PartSignatures | undefined): ViewedPhoto {
    const urls: Partial<Record<PhotoSize, string>> = {};
    let expiresAt: Date | undefined;
    for (const size of sizes) {
      const signature = signatures?.[partOf(size)];
      if (!signature) throw new TypeError(`Nothing was signed for the size ${size} of photo ${photo.id}`);
      urls[size] = `${mediaUrl}/${keyOf(photo, size, format)}?${signature.query}`;
      expiresAt = signature.expiresAt;
    }
    return expiresAt ? { photo, urls, expiresAt } : { photo, urls };
  }

  return async (wanted) => {
    const signatures = await signForWindow(
      wanted.map(({ photo, sizes, until }) => ({ photo, parts: partsOf(sizes), until })),
    );
    return wanted.map((each, index) => withUrls(each, signatures[index]));
  };
}

/** The URL of the one size that was asked for; throws TypeError when none was. */
export function onlyUrl({ photo, urls, expiresAt }: ViewedPhoto): { url: string; expiresAt: Date } {
  const [url] = Object.values(urls);
  if (url === undefined || !expiresAt) throw new TypeError(`Nothing was signed of photo ${photo.id}`);
  return { url, expiresAt };
}

/** Every rendition is opened by the one signature of `media`. */
function partsOf(sizes: readonly PhotoSize[]): SignedPart[] {
  const parts: SignedPart[] = [];
  for (const size of sizes) {
    const part = partOf(size);
    if (!parts.includes(part)) parts.push(part);
  }
  return parts;
}

function partOf(size: PhotoSize): SignedPart {
  return size === "original" ? "original" : "media";
}

function keyOf({ id, contentType, formats }: Photo, size: PhotoSize, format: RenditionFormat = "webp"): string {
  if (size === "original") return photoKeys.original(id);
  if (size === "video") return photoKeys.video(id, videoExtensions.get(contentType) ?? refuse(contentType));
  return photoKeys.rendition(
    id,
    size,
    formats?.find((each) => each === format),
  );
}

function refuse(contentType: string): never {
  throw new TypeError(`A photo of the type ${contentType} is no video`);
}

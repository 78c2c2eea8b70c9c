/** A UUIDv7, so that sorting by id sorts by time of creation. */
export type PhotoId = string;
/** A UUIDv7. */
export type AlbumId = string;
/** The `sub` of the viewer's token. */
export type UserId = string;

export const visibilities = ["private", "friends", "public"] as const;
export type Visibility = (typeof visibilities)[number];

/** How far an upload has come. */
export const uploadStatuses = ["pending", "processing", "ready", "rejected"] as const;
export type UploadStatus = (typeof uploadStatuses)[number];

/** What apps are told: a photo in the trash is `trashed`, however far its upload had come. */
export const photoStatuses = [...uploadStatuses, "trashed"] as const;
export type PhotoStatus = (typeof photoStatuses)[number];

/** The longest edge of each rendition in pixels; a source that is smaller keeps its own size. */
export const renditionNames = ["320", "640", "1280", "2048"] as const;
export type RenditionName = (typeof renditionNames)[number];

/** What a rendition is encoded in besides WebP, where a stack asks for it; the words are the extensions of their keys. */
export const furtherFormats = ["avif", "jpg"] as const;
export type FurtherFormat = (typeof furtherFormats)[number];
export const renditionFormats = ["webp", ...furtherFormats] as const;
export type RenditionFormat = (typeof renditionFormats)[number];

/** What is stored and played as it came, and the extension of its key. */
export const videoExtensions: ReadonlyMap<string, string> = new Map([
  ["video/mp4", "mp4"],
  ["video/quicktime", "mov"],
  ["video/webm", "webm"],
]);

/** Why a worker turned an upload away; apps show it, so the words are stable. */
export const rejectReasons = [
  "empty",
  "size-mismatch",
  "hash-mismatch",
  "type-mismatch",
  "too-many-pixels",
  "undecodable",
  "malware",
  "unscannable",
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** Viewing covers every rendition with one signature; the original is a right of its own, so a signature of its own. */
export type SignedPart = "media" | "original";

/** The query string that opens `resource` until `expiresAt`, made with the CloudFront key `keyId`. */
export interface WindowSignature {
  readonly keyId: string;
  readonly resource: string;
  readonly expiresAt: Date;
  readonly query: string;
}

/** Any media object, from its reservation on. Sizes are bytes, width and height are pixels once upright. */
export interface Photo {
  readonly id: PhotoId;
  readonly ownerId: UserId;
  readonly albumId?: AlbumId;
  readonly title?: string;
  readonly filename?: string;
  readonly contentType: string;
  readonly size: number;
  /** The app could not say the size: until the worker has seen the bytes, `size` is the most that they may be. */
  readonly unsized?: true;
  /** Base64 of the 32 bytes that the app announced; the worker holds the upload to it. */
  readonly sha256?: string;
  /** How it is uploaded, when in parts: all of `partSize` bytes but the last. The id is the one that S3 gave. */
  readonly multipart?: {
    readonly partSize: number;
    /** S3 holds every part to a hash of its own. */
    readonly hashed?: true;
    readonly uploadId?: string;
  };
  readonly width?: number;
  readonly height?: number;
  readonly takenAt?: Date;
  /** In what its renditions come besides WebP. */
  readonly formats?: readonly FurtherFormat[];
  readonly visibility: Visibility;
  readonly status: UploadStatus;
  readonly reason?: RejectReason;
  readonly createdAt: Date;
  /** From then on it counts as absent: an upload that never came, or what was left of a rejected one. */
  readonly lapsesAt?: Date;
  /** When the reconciler last asked the worker for it again, as long as the worker has not decided. */
  readonly resentAt?: Date;
  /** When its owner put it into the trash. */
  readonly trashedAt?: Date;
  /** Counts the changes, so that of two at the same time one sees the other. */
  readonly version: number;
  /** What was last signed for it: kept here because the photo is read anyway. Never shown. */
  readonly signatures?: Readonly<Partial<Record<SignedPart, WindowSignature>>>;
}

/** What a viewer sees: one of the renditions of a picture, or a video. */
export const viewedSizes = [...renditionNames, "video"] as const;
export type ViewedSize = (typeof viewedSizes)[number];

/** What a viewer may ask a URL for: something to see, or the untouched bytes. */
export const photoSizes = [...viewedSizes, "original"] as const;
export type PhotoSize = (typeof photoSizes)[number];

/** Where S3 and CloudFront keep a photo. The server alone chooses keys. */
export const photoKeys = {
  upload: (photo: Pick<Photo, "id" | "ownerId">) => `uploads/${photo.ownerId}/${photo.id}`,
  uploads: (ownerId: UserId) => `uploads/${ownerId}/`,
  original: (id: PhotoId) => `originals/${id}`,
  rendition: (id: PhotoId, name: RenditionName, format: RenditionFormat = "webp") => `media/${id}/${name}.${format}`,
  video: (id: PhotoId, extension: string) => `media/${id}/video.${extension}`,
  renditions: (id: PhotoId) => `media/${id}/`,
} as const;

/** Where what viewers see of a photo that is ready lies. */
export function mediaKeys({ id, contentType, formats = [] }: Photo): string[] {
  const video = videoExtensions.get(contentType);
  if (video !== undefined) return [photoKeys.video(id, video)];
  return (["webp", ...formats] as const).flatMap((format) =>
    renditionNames.map((name) => photoKeys.rendition(id, name, format)),
  );
}

/** In what sizes a photo can be seen, the largest last. */
export function sizesOf({ contentType }: Pick<Photo, "contentType">): readonly ViewedSize[] {
  return videoExtensions.has(contentType) ? ["video"] : renditionNames;
}

export function statusOf(photo: Pick<Photo, "status" | "trashedAt">): PhotoStatus {
  return photo.trashedAt ? "trashed" : photo.status;
}

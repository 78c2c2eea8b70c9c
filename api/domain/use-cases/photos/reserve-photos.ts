import {
  ContentTypeNotAllowedError,
  type DomainError,
  UploadMethodNotSupportedError,
  UploadTooLargeError,
} from "../../errors.ts";
import { type Outcome, proceed } from "../../outcome.ts";
import { type Photo, type PhotoId, photoKeys, type Visibility } from "../../photo.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { PinnedUpload, PresignedRequest, UploadPresigner } from "../../ports/signing.ts";
import { zip } from "../../zip.ts";

/** What an app announces of an upload. `size` is in bytes, `sha256` is base64. */
export interface UploadRequest {
  readonly contentType: string;
  readonly size: number;
  readonly sha256?: string;
  readonly filename?: string;
  readonly title?: string;
  /** `private` unless said otherwise. */
  readonly visibility?: Visibility;
  readonly upload?: UploadMethod;
}

export const uploadMethods = ["put", "post", "multipart"] as const;
export type UploadMethod = (typeof uploadMethods)[number];

export interface Reservation {
  readonly photo: Photo;
  readonly upload: PresignedRequest;
}

/** Reserves uploads for the viewer, in order; the presigned requests take exactly what was announced. */
export type ReservePhotos = (viewer: Viewer, requests: readonly UploadRequest[]) => Promise<Outcome<Reservation>[]>;

export interface ReservePhotosOptions {
  readonly store: Pick<PhotoStore, "reserve">;
  readonly presigner: Pick<UploadPresigner, "put">;
  readonly newId: () => PhotoId;
  readonly now: Clock;
  readonly limits: UploadLimits;
}

export interface UploadLimits {
  readonly maxBytes: number;
  /** In lower case. */
  readonly contentTypes: ReadonlySet<string>;
  /** How long an upload may be begun. */
  readonly uploadSeconds: number;
}

/** S3 takes no more in one PUT. */
const maxPutBytes = 5 * 1024 ** 3;
/** S3 looks at the expiry when an upload begins: a long one, and the worker after it, need their time. */
const graceMs = 24 * 60 * 60 * 1000;

export function createReservePhotos({ store, presigner, newId, now, limits }: ReservePhotosOptions): ReservePhotos {
  const maxBytes = Math.min(limits.maxBytes, maxPutBytes);

  function refusal({ contentType, size, upload }: UploadRequest): DomainError | undefined {
    if (upload !== undefined && upload !== "put") return new UploadMethodNotSupportedError(upload);
    if (!limits.contentTypes.has(contentType.toLowerCase())) return new ContentTypeNotAllowedError(limits.contentTypes);
    if (size > maxBytes) return new UploadTooLargeError(size, maxBytes);
    return undefined;
  }

  return (viewer, requests) => {
    const at = now();
    const uploadUntil = new Date(at.getTime() + limits.uploadSeconds * 1000);
    const photos = requests.map((request) => refusal(request) ?? pendingPhoto(viewer, request, newId(), at));
    return proceed(photos, async (pending) => {
      const uploads = await presigner.put(pending.map(pinnedUpload), uploadUntil);
      // Kept last: a presigned request is of no use to anybody until it is answered.
      await store.reserve(pending, new Date(uploadUntil.getTime() + graceMs));
      return zip(pending, uploads).map(([photo, upload]) => ({ photo, upload }));
    });
  };
}

function pinnedUpload(photo: Photo): PinnedUpload {
  const { contentType, size, sha256 } = photo;
  return { key: photoKeys.upload(photo), contentType, size, sha256 };
}

function pendingPhoto(viewer: Viewer, request: UploadRequest, id: PhotoId, createdAt: Date): Photo {
  const { contentType, size, sha256, filename, title, visibility = "private" } = request;
  return {
    id,
    ownerId: viewer.userId,
    contentType: contentType.toLowerCase(),
    size,
    visibility,
    status: "pending",
    createdAt,
    ...(sha256 !== undefined && { sha256 }),
    ...(filename !== undefined && { filename: filename.normalize("NFC") }),
    ...(title !== undefined && { title: title.normalize("NFC") }),
  };
}

import type { AlbumRole } from "../../album.ts";
import {
  AlbumNotFoundError,
  ContentTypeNotAllowedError,
  type DomainError,
  UploadMethodNotSupportedError,
  UploadTooLargeError,
} from "../../errors.ts";
import { type Outcome, proceed } from "../../outcome.ts";
import type { AlbumId, Photo, PhotoId, Visibility } from "../../photo.ts";
import type { Usage } from "../../photo-changes.ts";
import { decideAlbum } from "../../policy.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { createIssueUploads, Reservation, UploadMethod } from "./issue-uploads.ts";

/** What an app announces of an upload. `size` is in bytes, `sha256` is base64. */
export interface UploadRequest {
  readonly contentType: string;
  readonly size: number;
  readonly sha256?: string;
  readonly filename?: string;
  readonly title?: string;
  readonly albumId?: AlbumId;
  /** `private` unless said otherwise. */
  readonly visibility?: Visibility;
  readonly upload?: UploadMethod;
}

/** Reserves uploads for the viewer, in order; the uploads take exactly what was announced. */
export type ReservePhotos = (viewer: Viewer, requests: readonly UploadRequest[]) => Promise<Outcome<Reservation>[]>;

export interface ReservePhotosOptions {
  readonly photos: Pick<PhotoStore, "reserve">;
  readonly relations: RelationStore;
  readonly issueUploads: ReturnType<typeof createIssueUploads>;
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
  /** All that one user's photos may take up. */
  readonly quota: Usage;
}

/** S3 takes no more in one PUT. */
const maxPutBytes = 5 * 1024 ** 3;
/** S3 looks at the expiry when an upload begins: a long one, and the worker after it, need their time. */
const graceMs = 24 * 60 * 60 * 1000;

export function createReservePhotos(options: ReservePhotosOptions): ReservePhotos {
  const { photos, relations, issueUploads, newId, now, limits } = options;
  const maxBytes = Math.min(limits.maxBytes, maxPutBytes);

  async function rolesIn(viewer: Viewer, requests: readonly UploadRequest[]): Promise<ReadonlyMap<AlbumId, AlbumRole>> {
    const albums = new Set(requests.map(({ albumId }) => albumId).filter((albumId) => albumId !== undefined));
    if (albums.size === 0) return new Map();
    return (await relations.relationsOf(viewer.userId, { users: [], albums })).roles;
  }

  function refusal(request: UploadRequest, roles: ReadonlyMap<AlbumId, AlbumRole>): DomainError | undefined {
    const { contentType, size, upload, albumId } = request;
    if (upload === "multipart") return new UploadMethodNotSupportedError(upload);
    if (!limits.contentTypes.has(contentType.toLowerCase())) return new ContentTypeNotAllowedError(limits.contentTypes);
    if (size > maxBytes) return new UploadTooLargeError(size, maxBytes);
    if (albumId === undefined) return undefined;
    const decision = decideAlbum(roles.get(albumId), "addOwnPhotos");
    return decision.allow ? undefined : new AlbumNotFoundError(decision.because);
  }

  return async (viewer, requests) => {
    const roles = await rolesIn(viewer, requests);
    const at = now();
    const uploadUntil = new Date(at.getTime() + limits.uploadSeconds * 1000);
    const lapsesAt = new Date(uploadUntil.getTime() + graceMs);
    const pending = requests.map(
      (request) =>
        refusal(request, roles) ??
        pendingPhoto(request, { id: newId(), ownerId: viewer.userId, createdAt: at, lapsesAt }),
    );
    const reserved = await proceed(pending, (fit) => photos.reserve(fit, limits.quota));
    const forms = new Set(pending.filter((_, index) => requests[index]?.upload === "post"));
    return proceed(reserved, (fit) =>
      issueUploads(
        fit.map((photo) => ({ photo, method: forms.has(photo) ? "post" : "put" })),
        uploadUntil,
      ),
    );
  };
}

function pendingPhoto(request: UploadRequest, facts: Pick<Photo, "id" | "ownerId" | "createdAt" | "lapsesAt">): Photo {
  const { contentType, size, sha256, filename, title, albumId, visibility = "private" } = request;
  return {
    ...facts,
    contentType: contentType.toLowerCase(),
    size,
    visibility,
    status: "pending",
    version: 1,
    ...(sha256 !== undefined && { sha256 }),
    ...(filename !== undefined && { filename: filename.normalize("NFC") }),
    ...(title !== undefined && { title: title.normalize("NFC") }),
    ...(albumId !== undefined && { albumId }),
  };
}

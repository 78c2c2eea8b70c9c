import type { AlbumRole } from "../../album.ts";
import { AlbumNotFoundError, ContentTypeNotAllowedError, type DomainError, UploadTooLargeError } from "../../errors.ts";
import { type Outcome, proceed } from "../../outcome.ts";
import { partSizeFor } from "../../part-plan.ts";
import type { AlbumId, Photo, PhotoId, Visibility } from "../../photo.ts";
import type { Usage } from "../../photo-changes.ts";
import { decideAlbum } from "../../policy.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { zip } from "../../zip.ts";
import type { IssueUploads, Reservation, UploadMethod } from "./issue-uploads.ts";

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
  readonly issueUploads: IssueUploads;
  readonly newId: () => PhotoId;
  readonly now: Clock;
  readonly limits: UploadLimits;
}

export interface UploadLimits {
  readonly maxBytes: number;
  /** In lower case. */
  readonly contentTypes: ReadonlySet<string>;
  /** How long an upload in one piece may be begun, and a part of any other. */
  readonly uploadSeconds: number;
  /** How long an upload in parts may take. */
  readonly multipartDays: number;
  /** All that one user's photos may take up. */
  readonly quota: Usage;
}

/** S3 takes no more in one PUT or form. */
const maxPutBytes = 5 * 1024 ** 3;
/** S3 looks at the expiry when an upload begins: a long one, and the worker after it, need their time. */
const dayMs = 24 * 60 * 60 * 1000;

export function createReservePhotos(options: ReservePhotosOptions): ReservePhotos {
  const { photos, relations, issueUploads, newId, now, limits } = options;
  const inOnePiece = Math.min(limits.maxBytes, maxPutBytes);

  async function rolesIn(viewer: Viewer, requests: readonly UploadRequest[]): Promise<ReadonlyMap<AlbumId, AlbumRole>> {
    const albums = new Set(requests.map(({ albumId }) => albumId).filter((albumId) => albumId !== undefined));
    if (albums.size === 0) return new Map();
    return (await relations.relationsOf(viewer.userId, { users: [], albums })).roles;
  }

  function refusal(request: UploadRequest, roles: ReadonlyMap<AlbumId, AlbumRole>): DomainError | undefined {
    const { contentType, size, upload, albumId } = request;
    if (!limits.contentTypes.has(contentType.toLowerCase())) return new ContentTypeNotAllowedError(limits.contentTypes);
    const maxBytes = upload === "multipart" ? limits.maxBytes : inOnePiece;
    if (size > maxBytes) return new UploadTooLargeError(size, maxBytes);
    if (albumId === undefined) return undefined;
    const decision = decideAlbum(roles.get(albumId), "addOwnPhotos");
    return decision.allow ? undefined : new AlbumNotFoundError(decision.because);
  }

  return async (viewer, requests) => {
    const roles = await rolesIn(viewer, requests);
    const at = now();
    const uploadUntil = new Date(at.getTime() + limits.uploadSeconds * 1000);
    const lapsesAt = {
      inOnePiece: new Date(uploadUntil.getTime() + dayMs),
      inParts: new Date(at.getTime() + limits.multipartDays * dayMs),
    };
    const pending = requests.map(
      (request) =>
        refusal(request, roles) ??
        pendingPhoto(request, {
          id: newId(),
          ownerId: viewer.userId,
          createdAt: at,
          lapsesAt: request.upload === "multipart" ? lapsesAt.inParts : lapsesAt.inOnePiece,
        }),
    );
    const reserved = await proceed(pending, (fit) => photos.reserve(fit, limits.quota));
    const methods = new Map(
      zip(pending, requests).flatMap(([photo, { upload }]) => ("id" in photo ? [[photo.id, upload]] : [])),
    );
    return proceed(reserved, (fit) =>
      issueUploads(
        fit.map((photo) => ({ photo, method: methods.get(photo.id) ?? "put" })),
        uploadUntil,
      ),
    );
  };
}

function pendingPhoto(request: UploadRequest, facts: Pick<Photo, "id" | "ownerId" | "createdAt" | "lapsesAt">): Photo {
  const { contentType, size, sha256, filename, title, albumId, visibility = "private", upload } = request;
  return {
    ...facts,
    contentType: contentType.toLowerCase(),
    size,
    visibility,
    status: "pending",
    version: 1,
    ...(upload === "multipart" && { multipart: { partSize: partSizeFor(size) } }),
    ...(sha256 !== undefined && { sha256 }),
    ...(filename !== undefined && { filename: filename.normalize("NFC") }),
    ...(title !== undefined && { title: title.normalize("NFC") }),
    ...(albumId !== undefined && { albumId }),
  };
}

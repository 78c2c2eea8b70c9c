import type { AlbumRole } from "../../album.ts";
import {
  AlbumNotFoundError,
  ContentTypeNotAllowedError,
  DomainError,
  PartsMismatchError,
  UploadTooLargeError,
} from "../../errors.ts";
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
import type { PlannedUpload, UploadMethod } from "./issue-uploads.ts";

/** What an app announces of an upload. `sha256` is base64. */
export interface UploadRequest {
  readonly contentType: string;
  /** In bytes. Left out by clients that can't say it: the most that it may be is reserved then. */
  readonly size?: number;
  readonly sha256?: string;
  readonly filename?: string;
  readonly title?: string;
  readonly albumId?: AlbumId;
  /** `private` unless said otherwise. */
  readonly visibility?: Visibility;
  readonly upload?: UploadMethod;
  /** Of an upload in parts: S3 is to hold every part to a hash that is announced with it. */
  readonly partHashes?: boolean;
}

/** Decides on uploads, in order, and writes those that may be down as the viewer's, each with its place in the quota. */
export type ReserveUploads = (viewer: Viewer, requests: readonly UploadRequest[]) => Promise<ReservedUploads>;

export interface ReservedUploads {
  readonly planned: Outcome<PlannedUpload>[];
  /** When requests that are presigned for them end. */
  readonly until: Date;
}

export interface ReserveUploadsOptions {
  readonly photos: Pick<PhotoStore, "reserve">;
  readonly relations: RelationStore;
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
/** Stock clients send what is larger in parts. */
const maxUnsizedBytes = 100 * 1024 ** 2;
/** S3 looks at the expiry when an upload begins: a long one, and the worker after it, need their time. */
const dayMs = 24 * 60 * 60 * 1000;

export function createReserveUploads(options: ReserveUploadsOptions): ReserveUploads {
  const { photos, relations, newId, now, limits } = options;
  const mostBytes = (upload: UploadMethod | undefined) =>
    upload === "multipart" ? limits.maxBytes : Math.min(limits.maxBytes, maxPutBytes);
  const mostUnsized = (upload: UploadMethod | undefined) =>
    upload === "multipart" ? limits.maxBytes : Math.min(limits.maxBytes, maxUnsizedBytes);

  async function rolesIn(viewer: Viewer, requests: readonly UploadRequest[]): Promise<ReadonlyMap<AlbumId, AlbumRole>> {
    const albums = new Set(requests.map(({ albumId }) => albumId).filter((albumId) => albumId !== undefined));
    if (albums.size === 0) return new Map();
    return (await relations.relationsOf(viewer.userId, { users: [], albums })).roles;
  }

  function refusal(request: UploadRequest, roles: ReadonlyMap<AlbumId, AlbumRole>): DomainError | undefined {
    const { contentType, size = 0, upload, partHashes, albumId } = request;
    if (!limits.contentTypes.has(contentType.toLowerCase())) return new ContentTypeNotAllowedError(limits.contentTypes);
    if (partHashes !== undefined && upload !== "multipart") {
      return new PartsMismatchError("`partHashes` is for uploads in parts; ask for `multipart` as well");
    }
    if (size > mostBytes(upload)) return new UploadTooLargeError(size, mostBytes(upload));
    if (albumId === undefined) return undefined;
    const decision = decideAlbum(roles.get(albumId), "addOwnPhotos");
    return decision.allow ? undefined : new AlbumNotFoundError(decision.because);
  }

  return async (viewer, requests) => {
    const roles = await rolesIn(viewer, requests);
    const at = now();
    const until = new Date(at.getTime() + limits.uploadSeconds * 1000);
    const lapsesAt = {
      inOnePiece: new Date(until.getTime() + dayMs),
      inParts: new Date(at.getTime() + limits.multipartDays * dayMs),
    };
    const pending = requests.map(
      (request) =>
        refusal(request, roles) ??
        pendingPhoto(request, {
          ...sizeOf(request, mostUnsized(request.upload)),
          id: newId(),
          ownerId: viewer.userId,
          createdAt: at,
          lapsesAt: request.upload === "multipart" ? lapsesAt.inParts : lapsesAt.inOnePiece,
        }),
    );
    const reserved = await proceed(pending, (fit) => photos.reserve(fit, limits.quota));
    const planned = zip(reserved, requests).map(([photo, { upload = "put" }]) =>
      photo instanceof DomainError ? photo : { photo, method: upload },
    );
    return { planned, until };
  };
}

function sizeOf({ size }: UploadRequest, most: number): Pick<Photo, "size" | "unsized"> {
  return size === undefined ? { size: most, unsized: true } : { size };
}

type Facts = Pick<Photo, "id" | "ownerId" | "createdAt" | "lapsesAt" | "size" | "unsized">;

function pendingPhoto(request: UploadRequest, facts: Facts): Photo {
  const { contentType, sha256, filename, title, albumId, visibility = "private", upload, partHashes } = request;
  return {
    ...facts,
    contentType: contentType.toLowerCase(),
    visibility,
    status: "pending",
    version: 1,
    ...(upload === "multipart" && {
      multipart: { partSize: partSizeFor(facts.size), ...(partHashes && { hashed: true }) },
    }),
    ...(sha256 !== undefined && { sha256 }),
    ...(filename !== undefined && { filename: filename.normalize("NFC") }),
    ...(title !== undefined && { title: title.normalize("NFC") }),
    ...(albumId !== undefined && { albumId }),
  };
}

import type { AlbumId, FurtherFormat, Photo, RejectReason, Visibility } from "./photo.ts";
import { statusOf } from "./photo.ts";

/**
 * One change of a photo: what it becomes, or the very same object where there is nothing to change. Pure, because it is
 * done again whenever another change came first. May throw a DomainError, and then nothing is written.
 */
export type PhotoChange = (photo: Photo) => Photo;

const dayMs = 24 * 60 * 60 * 1000;
/** So long can a message wait for a redrive, and after each redrive again; its photo must still be there. */
const messageMs = 14 * dayMs;
const processingMs = messageMs + dayMs;
/** For its owner to read why. */
const rejectedMs = 30 * dayMs;
/** For its owner to change their mind. */
export const trashMs = 30 * dayMs;

/** What an owner may change; null takes it away. */
export interface PhotoEdit {
  readonly title?: string | null;
  readonly albumId?: AlbumId | null;
  readonly visibility?: Visibility;
}

export function edit({ title, albumId, visibility }: PhotoEdit): PhotoChange {
  return (photo) => {
    const { title: oldTitle, albumId: oldAlbumId, ...rest } = photo;
    const newTitle = title === null ? undefined : (title ?? oldTitle);
    const newAlbumId = albumId === null ? undefined : (albumId ?? oldAlbumId);
    return {
      ...rest,
      ...(newTitle !== undefined && { title: newTitle }),
      ...(newAlbumId !== undefined && { albumId: newAlbumId }),
      ...(visibility && { visibility }),
    };
  };
}

/** Out of an album, unless it has moved on to another one meanwhile. */
export function takeOutOf(albumId: AlbumId): PhotoChange {
  return (photo) => (photo.albumId === albumId ? edit({ albumId: null })(photo) : photo);
}

/** Notes S3's id of the multipart upload that was begun for a photo; the first one stays. */
export function keepUploadId(uploadId: string): PhotoChange {
  return (photo) =>
    photo.status === "pending" && photo.multipart && photo.multipart.uploadId === undefined
      ? { ...photo, multipart: { ...photo.multipart, uploadId } }
      : photo;
}

/** Ends a reservation before its time, so that it takes nothing of the quota and counts as absent from now on. */
export function giveUp(now: Date): PhotoChange {
  return (photo) => (photo.status === "pending" ? { ...photo, status: "rejected", lapsesAt: now } : photo);
}

/** `pending` → `processing`; one in the midst of it outlives another wait for a redrive; any that is further stays as it is. */
export function beginProcessing(now: Date): PhotoChange {
  const lapsesAt = new Date(now.getTime() + processingMs);
  const tooSoon = new Date(now.getTime() + messageMs);
  return (photo) => {
    if (photo.status === "pending") return { ...photo, status: "processing", lapsesAt };
    const renews = photo.status === "processing" && photo.lapsesAt && photo.lapsesAt < tooSoon;
    return renews ? { ...photo, lapsesAt } : photo;
  };
}

/** What the worker learned of a photo by decoding it, and what it made of it besides WebP. Videos are not decoded. */
export interface DecodedPhoto {
  readonly width?: number;
  readonly height?: number;
  readonly takenAt?: Date;
  readonly formats?: readonly FurtherFormat[];
}

/** `processing` → `ready`, for good: it no longer lapses, and has the size that it was found to have. */
export function markReady(decoded: DecodedPhoto & { readonly size?: number }): PhotoChange {
  return (photo) => {
    if (photo.status !== "processing") return photo;
    const { lapsesAt, unsized, resentAt, ...kept } = photo;
    return { ...kept, ...decoded, status: "ready" };
  };
}

/** `pending` or `processing` → `rejected`. */
export function markRejected(reason: RejectReason, now: Date): PhotoChange {
  const lapsesAt = new Date(now.getTime() + rejectedMs);
  return (photo) => {
    if (!isAwaited(photo)) return photo;
    const { resentAt, ...kept } = photo;
    return { ...kept, status: "rejected", reason, lapsesAt };
  };
}

/** Whether its bytes may still lie in quarantine, or come there, for the worker to decide on. */
export function isAwaited({ status }: Pick<Photo, "status">): boolean {
  return status === "pending" || status === "processing";
}

/** Notes that the worker was asked again for an upload that it has not decided on. */
export function noteResent(now: Date): PhotoChange {
  return (photo) => (isAwaited(photo) ? { ...photo, resentAt: now } : photo);
}

export function trash(now: Date): PhotoChange {
  return (photo) => (photo.trashedAt ? photo : { ...photo, trashedAt: now });
}

export function restore(photo: Photo): Photo {
  const { trashedAt, ...rest } = photo;
  return trashedAt ? rest : photo;
}

export function isLapsed({ lapsesAt }: Pick<Photo, "lapsesAt">, now: Date): boolean {
  return lapsesAt !== undefined && lapsesAt <= now;
}

/** When the reconciler has to take it away for good, if ever. */
export function dueAt({ lapsesAt, trashedAt }: Pick<Photo, "lapsesAt" | "trashedAt">): Date | undefined {
  const purgedAt = trashedAt && new Date(trashedAt.getTime() + trashMs);
  if (!lapsesAt || !purgedAt) return lapsesAt ?? purgedAt;
  return lapsesAt < purgedAt ? lapsesAt : purgedAt;
}

export function isDueBefore(photo: Pick<Photo, "lapsesAt" | "trashedAt">, before: Date): boolean {
  const due = dueAt(photo);
  return due !== undefined && due < before;
}

/**
 * A photo that was due before then lapses, be it from the trash, so that it counts as absent while it is taken away. Even
 * one that has lapsed becomes another version: a change that was made of it in time, and is late, finds it changed.
 */
export function expire(before: Date): PhotoChange {
  return (photo) => {
    const due = dueAt(photo);
    return due && isDueBefore(photo, before) ? { ...photo, lapsesAt: due } : photo;
  };
}

/** Whether others may find it in the lists of its owner's photos. */
export function isShared(photo: Photo): boolean {
  return statusOf(photo) === "ready" && photo.visibility !== "private";
}

/** What a photo takes of its owner's quota: the trash counts, what was turned away does not. */
export function usageOf(photo: Photo): Usage {
  return photo.status === "rejected" ? nothing : { bytes: photo.size, photos: 1 };
}

/** What an owner's photos take up; also how much they may. */
export interface Usage {
  readonly bytes: number;
  readonly photos: number;
}

export const nothing: Usage = { bytes: 0, photos: 0 };

export function sumOf(one: Usage, other: Usage): Usage {
  return { bytes: one.bytes + other.bytes, photos: one.photos + other.photos };
}

/** The album whose count of photos it is part of. */
export function countedIn(photo: Photo): AlbumId | undefined {
  return statusOf(photo) === "ready" ? photo.albumId : undefined;
}

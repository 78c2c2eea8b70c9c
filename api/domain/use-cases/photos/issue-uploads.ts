import { DomainError } from "../../errors.ts";
import { mapBounded } from "../../map-bounded.ts";
import type { Outcome } from "../../outcome.ts";
import { partCountOf } from "../../part-plan.ts";
import { type Photo, type PhotoId, photoKeys } from "../../photo.ts";
import { giveUp, keepUploadId } from "../../photo-changes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MultipartUploads } from "../../ports/multipart.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { PinnedUpload, PresignedForm, PresignedRequest, UploadPresigner } from "../../ports/signing.ts";
import { zip } from "../../zip.ts";
import { present } from "./own-photo.ts";

export const uploadMethods = ["put", "post", "multipart"] as const;
export type UploadMethod = (typeof uploadMethods)[number];

/** An upload in `partCount` parts of `partSize` bytes, the last one shorter, to be completed by `expiresAt`. */
export interface MultipartUpload {
  readonly method: "MULTIPART";
  readonly uploadId: string;
  readonly partSize: number;
  readonly partCount: number;
  readonly expiresAt: Date;
}

/** By what an app sends the bytes of its photo. */
export type Upload = PresignedRequest | PresignedForm | MultipartUpload;

export interface Reservation {
  readonly photo: Photo;
  readonly upload: Upload;
}

export interface PlannedUpload {
  readonly photo: Photo;
  readonly method: UploadMethod;
}

/** Hands out, in order, the means to upload what was reserved; requests that are presigned end at `until`. */
export type IssueUploads = (planned: readonly PlannedUpload[], until: Date) => Promise<Outcome<Reservation>[]>;

export interface IssueUploadsOptions {
  readonly presigner: Pick<UploadPresigner, "put" | "post">;
  readonly uploads: Pick<MultipartUploads, "begin">;
  readonly photos: Pick<PhotoStore, "change">;
  readonly now: Clock;
}

/** S3 is asked for each multipart upload by itself. */
const begunAtATime = 16;

export function createIssueUploads({ presigner, uploads, photos, now }: IssueUploadsOptions): IssueUploads {
  const issuers: Record<UploadMethod, (some: readonly Photo[], until: Date) => Promise<Outcome<Reservation>[]>> = {
    put: async (some, until) => reservations(some, await presigner.put(some.map(pinnedUpload), until)),
    post: async (some, until) => reservations(some, await presigner.post(some.map(pinnedUpload), until)),
    multipart: (some) => mapBounded(some, begunAtATime, begin),
  };

  async function begin({ id, ...reserved }: Photo): Promise<Outcome<Reservation>> {
    try {
      const { contentType, ownerId, multipart } = reserved;
      const key = photoKeys.upload({ id, ownerId });
      const uploadId = await uploads.begin({ key, contentType, hashed: multipart?.hashed });
      const photo = present(await photos.change(id, keepUploadId(uploadId)), id);
      return { photo, upload: multipartUpload(photo) };
    } catch (error) {
      // Without an upload the reservation would only lie there and take of the quota.
      await photos.change(id, giveUp(now())).catch(() => undefined);
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  return async (planned, until) => {
    const issued = new Map<PhotoId, Outcome<Reservation>>();
    for (const [method, some] of Map.groupBy(planned, (each) => each.method)) {
      const reserved = some.map(({ photo }) => photo);
      for (const [{ id }, outcome] of zip(reserved, await issuers[method](reserved, until))) issued.set(id, outcome);
    }
    return planned.flatMap(({ photo }) => issued.get(photo.id) ?? []);
  };
}

function reservations(photos: readonly Photo[], uploads: readonly Upload[]): Reservation[] {
  return zip(photos, uploads).map(([photo, upload]) => ({ photo, upload }));
}

function pinnedUpload(photo: Photo): PinnedUpload {
  const { contentType, size, unsized, sha256 } = photo;
  return { key: photoKeys.upload(photo), contentType, size, unsized, sha256 };
}

function multipartUpload({ id, size, multipart, lapsesAt }: Photo): MultipartUpload {
  if (multipart?.uploadId === undefined || !lapsesAt) throw new TypeError(`Photo ${id} has no multipart upload`);
  const { uploadId, partSize } = multipart;
  return { method: "MULTIPART", uploadId, partSize, partCount: partCountOf(size, partSize), expiresAt: lapsesAt };
}

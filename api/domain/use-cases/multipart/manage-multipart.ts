import { NoMultipartUploadError, PartsMismatchError } from "../../errors.ts";
import { bytesOf, faultOf, type Part, partCountOf, partLength, type UploadedPart } from "../../part-plan.ts";
import { type Photo, type PhotoId, photoKeys } from "../../photo.ts";
import { beginProcessing, giveUp } from "../../photo-changes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MultipartKey, MultipartUploads } from "../../ports/multipart.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { PresignedPart, UploadPresigner } from "../../ports/signing.ts";
import { findOwnPhoto, present } from "../photos/own-photo.ts";

/**
 * What the owner of a photo that was reserved for a multipart upload may do with it. The upload's id is the one that is
 * kept with the photo, and nobody else's word for it counts. All throw PhotoNotFoundError for what is not the viewer's,
 * and NoMultipartUploadError for a photo whose upload is none, or has ended.
 */
export interface ManageMultipart {
  /** Presigns parts, in order, each for the one length that it may have; throws PartsMismatchError for one outside the plan. */
  issueParts(viewer: Viewer, id: PhotoId, parts: readonly AnnouncedPart[]): Promise<PresignedPart[]>;
  /** What has arrived, by number, and of how many. */
  listParts(viewer: Viewer, id: PhotoId): Promise<ArrivedParts>;
  /** Any number of times; throws PartsMismatchError while the parts do not make up the photo. */
  completeMultipart(viewer: Viewer, id: PhotoId, parts: readonly Part[]): Promise<Photo>;
  /** Throws the parts away, and the reservation with them. */
  abortMultipart(viewer: Viewer, id: PhotoId): Promise<void>;
}

/** `sha256` is base64; asked for where the reservation said that there would be one for each part, and there alone. */
export interface AnnouncedPart {
  readonly partNumber: number;
  readonly sha256?: string | undefined;
}

export interface ArrivedParts {
  readonly partSize: number;
  readonly partCount: number;
  readonly parts: readonly UploadedPart[];
}

export interface ManageMultipartOptions {
  readonly photos: Pick<PhotoStore, "find" | "change">;
  readonly uploads: MultipartUploads;
  readonly presigner: Pick<UploadPresigner, "parts">;
  readonly now: Clock;
  readonly uploadSeconds: number;
}

export function createManageMultipart(options: ManageMultipartOptions): ManageMultipart {
  const { photos, uploads, presigner, now, uploadSeconds } = options;

  async function findUnderWay(viewer: Viewer, id: PhotoId) {
    const photo = await findOwnPhoto(photos, viewer, id);
    if (photo.status !== "pending") throw new NoMultipartUploadError("ended");
    return { photo, ...multipartOf(photo) };
  }

  return {
    async issueParts(viewer, id, announced) {
      const { photo, upload, plan } = await findUnderWay(viewer, id);
      const parts = announced.map(({ partNumber, sha256 }) => {
        const size = partLength(photo.size, plan.partSize, partNumber);
        if (size === undefined) throw new PartsMismatchError(`The upload has no part ${partNumber}`);
        if ((sha256 !== undefined) !== (plan.hashed === true)) throw new PartsMismatchError(hashFault(plan));
        return { partNumber, size: photo.unsized ? undefined : size, sha256 };
      });
      return presigner.parts(upload, parts, new Date(now().getTime() + uploadSeconds * 1000));
    },

    async listParts(viewer, id) {
      const { photo, upload, plan } = await findUnderWay(viewer, id);
      const parts = await uploads.list(upload);
      if (!parts) throw new NoMultipartUploadError("ended");
      return { partSize: plan.partSize, partCount: partCountOf(photo.size, plan.partSize), parts };
    },

    async completeMultipart(viewer, id, parts) {
      const photo = await findOwnPhoto(photos, viewer, id);
      const { upload, plan } = multipartOf(photo);
      if (photo.status !== "pending") return photo;
      const stored = await uploads.list(upload);
      const fault = stored && faultOf({ ...photo, multipart: plan }, parts, stored);
      if (fault !== undefined) throw new PartsMismatchError(fault);
      // Without an upload somebody was faster: S3 has the object, its event says so, and the photo is as it is.
      const completed = stored !== undefined && (await uploads.complete(upload, stored, bytesOf(stored)));
      return present(await (completed ? photos.change(id, beginProcessing(now())) : photos.find(id)), id);
    },

    async abortMultipart(viewer, id) {
      const { upload } = await findUnderWay(viewer, id);
      // The parts first: while the reservation stands, what failed can be asked for again.
      await uploads.abort(upload);
      const photo = present(await photos.change(id, giveUp(now())), id);
      if (photo.status !== "rejected") throw new NoMultipartUploadError("ended");
    },
  };
}

function hashFault({ hashed }: NonNullable<Photo["multipart"]>): string {
  return hashed
    ? "The reservation said that every part has a hash; say the SHA-256 of each"
    : "The reservation said nothing of hashes of parts; reserve with `partHashes` for S3 to hold each part to its own";
}

function multipartOf(photo: Photo): { upload: MultipartKey; plan: NonNullable<Photo["multipart"]> } {
  const { multipart } = photo;
  if (multipart?.uploadId === undefined) throw new NoMultipartUploadError("none");
  return { upload: { key: photoKeys.upload(photo), uploadId: multipart.uploadId }, plan: multipart };
}

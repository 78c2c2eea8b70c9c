import type { Outcome } from "../../outcome.ts";
import { type Photo, type PhotoId, photoKeys } from "../../photo.ts";
import type { PinnedUpload, PresignedForm, PresignedRequest, UploadPresigner } from "../../ports/signing.ts";
import { zip } from "../../zip.ts";

export const uploadMethods = ["put", "post", "multipart"] as const;
export type UploadMethod = (typeof uploadMethods)[number];

/** By what an app sends the bytes of its photo. */
export type Upload = PresignedRequest | PresignedForm;

export interface Reservation {
  readonly photo: Photo;
  readonly upload: Upload;
}

export interface PlannedUpload {
  readonly photo: Photo;
  readonly method: Exclude<UploadMethod, "multipart">;
}

export interface IssueUploadsOptions {
  readonly presigner: Pick<UploadPresigner, "put" | "post">;
}

/** Hands out, in order, the means to upload what was reserved. */
export function createIssueUploads({ presigner }: IssueUploadsOptions) {
  return async (planned: readonly PlannedUpload[], until: Date): Promise<Outcome<Reservation>[]> => {
    const issued = new Map<PhotoId, Outcome<Reservation>>();
    for (const [method, some] of Map.groupBy(planned, (each) => each.method)) {
      const photos = some.map(({ photo }) => photo);
      const uploads = await presigner[method](photos.map(pinnedUpload), until);
      for (const [photo, upload] of zip<Photo, Upload>(photos, uploads)) issued.set(photo.id, { photo, upload });
    }
    return planned.flatMap(({ photo }) => issued.get(photo.id) ?? []);
  };
}

function pinnedUpload(photo: Photo): PinnedUpload {
  const { contentType, size, sha256 } = photo;
  return { key: photoKeys.upload(photo), contentType, size, sha256 };
}

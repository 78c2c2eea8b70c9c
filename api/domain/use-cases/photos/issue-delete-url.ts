import { type PhotoId, photoKeys } from "../../photo.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { PresignedRequest, UploadPresigner } from "../../ports/signing.ts";
import { findOwnPhoto } from "./own-photo.ts";

/** Presigns the DELETE of a photo's bytes, on which the worker removes everything else of it. */
export type IssueDeleteUrl = (viewer: Viewer, id: PhotoId) => Promise<PresignedRequest>;

export interface IssueDeleteUrlOptions {
  readonly photos: Pick<PhotoStore, "find">;
  readonly presigner: Pick<UploadPresigner, "delete">;
  readonly now: Clock;
  readonly deleteSeconds: number;
}

export function createIssueDeleteUrl(options: IssueDeleteUrlOptions): IssueDeleteUrl {
  const { photos, presigner, now, deleteSeconds } = options;
  return async (viewer, id) => {
    const photo = await findOwnPhoto(photos, viewer, id);
    // Only a pending photo is still in quarantine; for every other one S3's event is about the original.
    const key = photo.status === "pending" ? photoKeys.upload(photo) : photoKeys.original(id);
    return presigner.delete({ key }, new Date(now().getTime() + deleteSeconds * 1000));
  };
}

import { type Outcome, proceed } from "../../outcome.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { IssueUploads, Reservation } from "./issue-uploads.ts";
import type { ReserveUploads, UploadRequest } from "./reserve-uploads.ts";

/** Reserves uploads for the viewer, in order; the uploads take exactly what was announced. */
export type ReservePhotos = (viewer: Viewer, requests: readonly UploadRequest[]) => Promise<Outcome<Reservation>[]>;

export interface ReservePhotosOptions {
  readonly reserveUploads: ReserveUploads;
  readonly issueUploads: IssueUploads;
}

export function createReservePhotos({ reserveUploads, issueUploads }: ReservePhotosOptions): ReservePhotos {
  return async (viewer, requests) => {
    const { planned, until } = await reserveUploads(viewer, requests);
    return proceed(planned, (reserved) => issueUploads(reserved, until));
  };
}

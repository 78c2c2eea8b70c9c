import { PhotoNotFoundError } from "../../errors.ts";
import { type Outcome, proceed } from "../../outcome.ts";
import type { PhotoId, PhotoSize } from "../../photo.ts";
import type { SignPhotoUrls, ViewedPhoto } from "../../photo-urls.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { planUrls } from "./plan-urls.ts";

export interface UrlRequest {
  readonly photoId: PhotoId;
  /** Without one, every size that the viewer may open. */
  readonly size?: PhotoSize;
}

/** Signed URLs of photos, in order, for whoever may see them; without a viewer nobody is signed in. */
export type IssueUrls = (
  viewer: Viewer | undefined,
  requests: readonly UrlRequest[],
) => Promise<Outcome<ViewedPhoto>[]>;

export interface IssueUrlsOptions {
  readonly store: Pick<PhotoStore, "findMany">;
  readonly signPhotoUrls: SignPhotoUrls;
}

export function createIssueUrls({ store, signPhotoUrls }: IssueUrlsOptions): IssueUrls {
  return async (viewer, requests) => {
    const photos = await store.findMany(requests.map(({ photoId }) => photoId));
    const plans = requests.map(({ photoId, size }, index) => {
      const photo = photos[index];
      return photo ? planUrls(viewer, photo, size) : new PhotoNotFoundError(photoId, "absent");
    });
    return proceed(plans, signPhotoUrls);
  };
}

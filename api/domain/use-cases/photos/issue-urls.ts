import { PhotoNotFoundError } from "../../errors.ts";
import { type Outcome, proceed } from "../../outcome.ts";
import type { PhotoId, PhotoSize, RenditionFormat } from "../../photo.ts";
import type { SignPhotoUrls, ViewedPhoto } from "../../photo-urls.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { planUrls } from "./plan-urls.ts";
import type { Relate } from "./relate.ts";

export interface UrlRequest {
  readonly photoId: PhotoId;
  /** Without one, every size that the viewer may open. */
  readonly size?: PhotoSize | "largest";
  readonly format?: RenditionFormat | undefined;
}

/** Signed URLs of photos, in order, for whoever may see them; without a viewer nobody is signed in. */
export type IssueUrls = (
  viewer: Viewer | undefined,
  requests: readonly UrlRequest[],
) => Promise<Outcome<ViewedPhoto>[]>;

export interface IssueUrlsOptions {
  readonly photos: Pick<PhotoStore, "findMany">;
  readonly relate: Relate;
  readonly signPhotoUrls: SignPhotoUrls;
  readonly now: Clock;
}

export function createIssueUrls({ photos, relate, signPhotoUrls, now }: IssueUrlsOptions): IssueUrls {
  return async (viewer, requests) => {
    const found = await photos.findMany(requests.map(({ photoId }) => photoId));
    const relationTo = await relate(viewer, found);
    const at = now();
    const plans = requests.map(({ photoId, size, format }, index) => {
      const photo = found[index];
      if (!photo) return new PhotoNotFoundError(photoId, "absent");
      return planUrls({ viewer, photo, relation: relationTo(photo), now: at, size, format });
    });
    return proceed(plans, signPhotoUrls);
  };
}

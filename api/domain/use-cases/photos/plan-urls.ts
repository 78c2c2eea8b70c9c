import { PhotoNotFoundError, PhotoNotReadyError } from "../../errors.ts";
import type { Outcome } from "../../outcome.ts";
import { type Photo, type PhotoSize, photoSizes, renditionNames } from "../../photo.ts";
import type { UrlsWanted } from "../../photo-urls.ts";
import { decideDownload, decideView } from "../../policy.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/**
 * What to sign for a viewer, or why nothing. Without a size, every one that the viewer may open: none while the photo is
 * not ready. A size that is asked for by name is refused when it can't be had.
 */
export function planUrls(viewer: Viewer | undefined, photo: Photo, size?: PhotoSize): Outcome<UrlsWanted> {
  const view = decideView(viewer, photo);
  if (!view.allow) return new PhotoNotFoundError(photo.id, view.because);
  const download = decideDownload(viewer, photo);

  if (size === undefined) {
    const mayOpen = download.allow ? photoSizes : renditionNames;
    return { photo, sizes: photo.status === "ready" ? mayOpen : [], until: view.until };
  }
  if (photo.status !== "ready") return new PhotoNotReadyError(photo.status);
  if (size === "original" && !download.allow) return new PhotoNotFoundError(photo.id, download.because);
  return { photo, sizes: [size], until: view.until };
}

import { PhotoNotFoundError, PhotoNotReadyError } from "../../errors.ts";
import type { Outcome } from "../../outcome.ts";
import { type Photo, type PhotoSize, type RenditionFormat, sizesOf, statusOf } from "../../photo.ts";
import type { UrlsWanted } from "../../photo-urls.ts";
import { decideDownload, decideView, type Relation } from "../../policy.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/** Who wants URLs, of what, when, and what stands between the two. */
export interface Wish {
  readonly viewer: Viewer | undefined;
  readonly photo: Photo;
  readonly relation: Relation;
  readonly now: Date;
  /** Without a size, every one that the viewer may open: none while the photo is not ready. */
  readonly size?: PhotoSize | "largest" | undefined;
  /** What a rendition that is asked for by name should come in. */
  readonly format?: RenditionFormat | undefined;
}

/** What to sign for a viewer, or why nothing. A size that is asked for by name is refused when it can't be had. */
export function planUrls({ viewer, photo, relation, now, size, format }: Wish): Outcome<UrlsWanted> {
  const view = decideView(viewer, photo, relation, now);
  if (!view.allow) return new PhotoNotFoundError(photo.id, view.because);
  const status = statusOf(photo);
  if (status !== "ready") return size === undefined ? { photo, sizes: [] } : new PhotoNotReadyError(status);
  const viewed = sizesOf(photo);
  if (size !== undefined && size !== "original") {
    const named = size === "largest" ? viewed.at(-1) : viewed.find((each) => each === size);
    if (!named) return new PhotoNotFoundError(photo.id, "absent");
    return { photo, sizes: [named], format, until: view.until };
  }

  const download = decideDownload(viewer, photo, relation, now);
  if (size === "original") {
    if (!download.allow) return new PhotoNotFoundError(photo.id, download.because);
    return { photo, sizes: [size], until: download.until };
  }
  if (!download.allow) return { photo, sizes: viewed, until: view.until };
  // One expiry for all that is answered together: the earlier, which is that of the link if there is one.
  return { photo, sizes: [...viewed, "original"], until: download.until ?? view.until };
}

import type { AlbumId, PhotoId } from "../photo.ts";

/** What has to be taken away for good: a photo that lapsed or was long enough in the trash, or an album that was deleted. */
export type Due = { readonly kind: "photo"; readonly id: PhotoId } | { readonly kind: "album"; readonly id: AlbumId };

export interface DueStore {
  /** What was due before then, the longest overdue first. The list may lag a moment behind. */
  pagesOfDue(before: Date): AsyncIterable<readonly Due[]>;
}

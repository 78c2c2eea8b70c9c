import type { AlbumId, Photo } from "../photo.ts";

/** What has to be taken away for good: a photo that lapsed or was long enough in the trash, or an album that was deleted. */
export type Due = { readonly kind: "photo"; readonly photo: Photo } | { readonly kind: "album"; readonly id: AlbumId };

export interface DueStore {
  /** What was due before then, about the longest overdue first. Photos are as they are now, and still due. */
  pagesOfDue(before: Date): AsyncIterable<readonly Due[]>;
}

import type { PhotoId, UserId } from "../photo.ts";
import type { Page, PageRequest } from "./page.ts";

/** Finds what several owners share, as one list. */
export interface FeedStore {
  /**
   * Ids of what the owners share, newest first. The list may lag a moment behind: whoever shows a photo of it reads it
   * again. The cursor belongs to the reader, whoever the owners are by then.
   */
  listShared(readerId: UserId, ownerIds: readonly UserId[], page: PageRequest): Promise<Page<PhotoId>>;
}

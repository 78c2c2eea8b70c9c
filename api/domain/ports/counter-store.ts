import type { Album } from "../album.ts";
import type { AlbumId, Photo, UserId } from "../photo.ts";
import type { User } from "../user.ts";
import type { Page, PageRequest } from "./page.ts";

export type UserCounts = Pick<User, "usage" | "friendCount">;
export type AlbumCounts = Pick<Album, "photoCount" | "memberCount">;

export interface RecountOptions {
  /** Counters that changed later are not settled: lists may not show yet what they count. */
  readonly settledBefore: Date;
  /** Then nothing is written. */
  readonly dryRun: boolean;
}

/** `wrong` counters are right by then, unless it was a dry run; `unsettled` ones changed lately, or meanwhile, and stay as they are. */
export type Recount = "right" | "wrong" | "unsettled";

/** Counts anew what is counted as it comes and goes, and puts right what a hand, or DynamoDB's own expiry, put wrong. */
export interface CounterStore {
  /** All users in an order that stays, page by page, those after one of them or all. The list may lag a moment behind. */
  pagesOfUsers(after?: UserId): AsyncIterable<readonly UserId[]>;
  /** Newest first, in whatever state they are, lapsed as well. The list may lag a moment behind. */
  listAllOfOwner(ownerId: UserId, page: PageRequest): Promise<Page<Photo>>;
  /** Ids of the albums that a user owns. The list may lag a moment behind. */
  listOwnedAlbums(ownerId: UserId, page: PageRequest): Promise<Page<AlbumId>>;
  /** Calls `count` only while the counters are settled, and writes only if they still are. */
  recountUser(id: UserId, count: () => Promise<UserCounts>, options: RecountOptions): Promise<Recount>;
  recountAlbum(id: AlbumId, count: () => Promise<AlbumCounts>, options: RecountOptions): Promise<Recount>;
}

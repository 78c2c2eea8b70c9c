import type { Friend, FriendStatus, Friendship } from "../friendship.ts";
import type { UserId } from "../photo.ts";
import type { Page, PageRequest } from "./page.ts";

/**
 * One change of a friendship: what it becomes. Pure, because it is done again whenever another change came first. May
 * throw a DomainError, and then nothing is written.
 */
export type FriendshipChange = (friendship: Friendship) => Friendship;

/** Where friendships and blocks are kept: the same on both sides, always. */
export interface FriendStore {
  find(userId: UserId, otherId: UserId): Promise<Friendship>;
  /**
   * Writes both sides, or neither. Resolves to how the user lists the other afterwards, if at all. Rejects with
   * TooManyFriendsError when it would make one more than either may have, with ChangedMeanwhileError when others keep
   * changing it.
   */
  change(userId: UserId, otherId: UserId, change: FriendshipChange): Promise<Friend | undefined>;
  /** By user id. The list may lag a moment behind; who may see what never follows from it. */
  list(userId: UserId, status: FriendStatus, page: PageRequest): Promise<Page<Friend>>;
}

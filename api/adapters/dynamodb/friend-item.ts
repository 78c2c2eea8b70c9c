import { type Friend, type Friendship, statusOfFriendship, strangers } from "../../domain/friendship.ts";
import type { UserId } from "../../domain/photo.ts";
import { count, date, flag, idIn } from "./attributes.ts";
import { friendKey, type Item, placed, places } from "./keys.ts";

/** A friendship as the item on one side keeps it. */
export interface FriendEdge {
  readonly friendship: Friendship;
  /** When this side last saw its status change. The other side's is its own: a block must not show in it. */
  readonly since: Date;
  /** Counts the changes, alike on both sides; 0 while there is no item. */
  readonly version: number;
}

/** What is kept of two users who never had to do with each other. */
export function noEdge(now: Date): FriendEdge {
  return { friendship: strangers, since: now, version: 0 };
}

/** The edge after a change, `since` carried on as long as this side sees no other status. */
export function nextEdge(edge: FriendEdge, friendship: Friendship, now: Date): FriendEdge {
  const unchanged = statusOfFriendship(friendship) === statusOfFriendship(edge.friendship);
  return { friendship, since: unchanged ? edge.since : now, version: edge.version + 1 };
}

export function toFriendItem(userId: UserId, otherId: UserId, { friendship, since, version }: FriendEdge): Item {
  const status = statusOfFriendship(friendship);
  const { mine, theirs } = friendship;
  return {
    ...friendKey(userId, otherId),
    asks: { BOOL: mine.asks },
    blocks: { BOOL: mine.blocks },
    theyAsk: { BOOL: theirs.asks },
    theyBlock: { BOOL: theirs.blocks },
    since: { S: since.toISOString() },
    version: { N: String(version) },
    // Without a status it is in no list, but stays: its version must go on counting.
    ...(status && placed(places.friendByStatus(userId, status, otherId))),
  };
}

/** Throws TypeError naming the attribute where an item is not what this platform writes. */
export function parseFriendItem(item: Item): FriendEdge {
  return {
    friendship: {
      mine: { asks: flag(item, "asks"), blocks: flag(item, "blocks") },
      theirs: { asks: flag(item, "theyAsk"), blocks: flag(item, "theyBlock") },
    },
    since: date(item, "since"),
    version: count(item, "version"),
  };
}

/** Whom an item of a user's partition is about. */
export function parseFriendKey(item: Item): UserId {
  return idIn(item, "sk", "FRIEND#");
}

/** As the user lists it; undefined where there is nothing to list. */
export function toFriend(userId: UserId, { friendship, since }: FriendEdge): Friend | undefined {
  const status = statusOfFriendship(friendship);
  return status && { userId, status, since };
}

import type { UserId } from "./photo.ts";

/** What one user wants of another. */
export interface Stance {
  readonly asks: boolean;
  readonly blocks: boolean;
}

/** Two users as one of them sees it: nobody is asked to agree with what is derived from both stances. */
export interface Friendship {
  readonly mine: Stance;
  readonly theirs: Stance;
}

export const indifferent: Stance = { asks: false, blocks: false };
export const strangers: Friendship = { mine: indifferent, theirs: indifferent };

/** How a friendship is listed: `incoming` waits for me to accept, `outgoing` for them. */
export const friendStatuses = ["accepted", "incoming", "outgoing", "blocked"] as const;
export type FriendStatus = (typeof friendStatuses)[number];

/** Somebody in a user's list of friends. */
export interface Friend {
  readonly userId: UserId;
  readonly status: FriendStatus;
  readonly since: Date;
}

/** A list of friends is read whole for the feed, so it has an end. */
export const maxFriends = 5000;

/** Undefined where there is nothing to list. A block by the other side looks as if they had never answered. */
export function statusOfFriendship({ mine, theirs }: Friendship): FriendStatus | undefined {
  if (mine.blocks) return "blocked";
  const theyAsk = theirs.asks && !theirs.blocks;
  if (mine.asks) return theyAsk ? "accepted" : "outgoing";
  return theyAsk ? "incoming" : undefined;
}

export function areFriends(friendship: Friendship): boolean {
  return statusOfFriendship(friendship) === "accepted";
}

/** By either: neither sees the other's photos by any right that was given to the person. */
export function isBlocked({ mine, theirs }: Friendship): boolean {
  return mine.blocks || theirs.blocks;
}

/** Asks, or accepts where the other side has asked. */
export function ask({ mine, theirs }: Friendship): Friendship {
  return { mine: { ...mine, asks: true }, theirs };
}

/** Declines, withdraws or unfriends: neither asks any more, and no block is lifted. */
export function part({ mine, theirs }: Friendship): Friendship {
  return { mine: { ...mine, asks: false }, theirs: { ...theirs, asks: false } };
}

export function block(friendship: Friendship): Friendship {
  const { mine, theirs } = part(friendship);
  return { mine: { ...mine, blocks: true }, theirs };
}

export function unblock({ mine, theirs }: Friendship): Friendship {
  return { mine: { ...mine, blocks: false }, theirs };
}

export function isSameFriendship(one: Friendship, other: Friendship): boolean {
  return isSameStance(one.mine, other.mine) && isSameStance(one.theirs, other.theirs);
}

function isSameStance(one: Stance, other: Stance): boolean {
  return one.asks === other.asks && one.blocks === other.blocks;
}

/** The same two users as the other one sees it. */
export function mirrored({ mine, theirs }: Friendship): Friendship {
  return { mine: theirs, theirs: mine };
}

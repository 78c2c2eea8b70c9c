import Type, { type Static } from "typebox";
import type { NamedFriend } from "../../domain/use-cases/friends/named-friend.ts";
import { nullable, oneOf } from "./ref.ts";
import { DisplayName, Time, UserId } from "./values.ts";

/** Blocks have a list of their own. */
export const listedStatuses = ["accepted", "incoming", "outgoing"] as const;

export const FriendStatus = oneOf(listedStatuses, {
  description: "`incoming` waits for you to accept, `outgoing` for the other user.",
  examples: ["accepted"],
});

export const Friend = Type.Object(
  {
    userId: UserId,
    status: FriendStatus,
    since: Time,
    displayName: nullable(DisplayName),
  },
  {
    $id: "Friend",
    description: "Another user as you see them. Their name is shown once they are a friend or ask to be one.",
  },
);

export const Block = Type.Object(
  { userId: UserId, since: Time },
  { $id: "Block", description: "A user whom you block." },
);

/** Throws TypeError for a user who is blocked: those are listed as such. */
export function toFriend({ userId, status, since, displayName }: NamedFriend): Static<typeof Friend> {
  if (status === "blocked") throw new TypeError("A blocked user is no friend");
  return { userId, status, since, displayName: displayName ?? null };
}

export function toBlock({ userId, since }: NamedFriend): Static<typeof Block> {
  return { userId, since };
}

import { OwnFriendshipError, UserBlockedError } from "../../errors.ts";
import { ask, type Friendship } from "../../friendship.ts";
import type { UserId } from "../../photo.ts";
import type { FriendStore } from "../../ports/friend-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { UserStore } from "../../ports/user-store.ts";
import { type NamedFriend, withNames } from "./named-friend.ts";

/**
 * Asks another user to be friends, or accepts where they have asked, any number of times. Somebody who blocks the viewer
 * seems never to answer. Throws OwnFriendshipError, UserBlockedError and TooManyFriendsError.
 */
export type AskFriend = (viewer: Viewer, otherId: UserId) => Promise<NamedFriend>;

export interface AskFriendOptions {
  readonly friends: Pick<FriendStore, "change">;
  readonly users: Pick<UserStore, "findMany">;
}

export function createAskFriend({ friends, users }: AskFriendOptions): AskFriend {
  return async (viewer, otherId) => {
    if (otherId === viewer.userId) throw new OwnFriendshipError();
    const friend = await friends.change(viewer.userId, otherId, askUnlessBlocking);
    const [named] = await withNames(users, friend ? [friend] : []);
    if (!named) throw new TypeError("Whoever has asked has something to list");
    return named;
  };
}

function askUnlessBlocking(friendship: Friendship): Friendship {
  if (friendship.mine.blocks) throw new UserBlockedError();
  return ask(friendship);
}

import { OwnFriendshipError } from "../../errors.ts";
import { block, part, unblock } from "../../friendship.ts";
import type { UserId } from "../../photo.ts";
import type { FriendStore, FriendshipChange } from "../../ports/friend-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/** Changes what is between the viewer and another user, any number of times. Throws OwnFriendshipError. */
export type ChangeFriendship = (viewer: Viewer, otherId: UserId) => Promise<void>;

export interface FriendshipChanges {
  /** Declines, withdraws or unfriends. */
  readonly partFriend: ChangeFriendship;
  /** Ends a friendship too, and holds at the next request. The blocked user is not told. */
  readonly blockUser: ChangeFriendship;
  readonly unblockUser: ChangeFriendship;
}

export function createFriendshipChanges({ friends }: { friends: Pick<FriendStore, "change"> }): FriendshipChanges {
  const by =
    (change: FriendshipChange): ChangeFriendship =>
    async (viewer, otherId) => {
      if (otherId === viewer.userId) throw new OwnFriendshipError();
      await friends.change(viewer.userId, otherId, change);
    };
  return { partFriend: by(part), blockUser: by(block), unblockUser: by(unblock) };
}

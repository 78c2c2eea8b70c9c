import type { FriendStatus } from "../../friendship.ts";
import type { FriendStore } from "../../ports/friend-store.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { UserStore } from "../../ports/user-store.ts";
import { type NamedFriend, withNames } from "./named-friend.ts";

/** The viewer's friends, who asks them, whom they ask or whom they block, by user id. Throws InvalidCursorError. */
export type ListFriends = (viewer: Viewer, status: FriendStatus, page: PageRequest) => Promise<Page<NamedFriend>>;

export interface ListFriendsOptions {
  readonly friends: Pick<FriendStore, "list">;
  readonly users: Pick<UserStore, "findMany">;
}

export function createListFriends({ friends, users }: ListFriendsOptions): ListFriends {
  return async (viewer, status, page) => {
    const { items, ...rest } = await friends.list(viewer.userId, status, page);
    return { items: await withNames(users, items), ...rest };
  };
}

import type { Friend } from "../../friendship.ts";
import type { UserStore } from "../../ports/user-store.ts";

export interface NamedFriend extends Friend {
  /** Only of those who want it to be seen: friends, and whoever asks to be one. */
  readonly displayName?: string;
}

/** Adds the names that the lister may know, in the same order. */
export async function withNames(
  users: Pick<UserStore, "findMany">,
  friends: readonly Friend[],
): Promise<NamedFriend[]> {
  const shown = friends.filter(({ status }) => status === "accepted" || status === "incoming");
  const found = await users.findMany(shown.map(({ userId }) => userId));
  const names = new Map(found.map(({ id, displayName }) => [id, displayName]));
  return friends.map((friend) => {
    const displayName = names.get(friend.userId);
    return displayName === undefined ? friend : { ...friend, displayName };
  });
}

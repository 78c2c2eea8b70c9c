import type { FastifyPluginAsync } from "fastify";
import type { ReadFeed } from "../../domain/use-cases/feed/read-feed.ts";
import type { AskFriend } from "../../domain/use-cases/friends/ask-friend.ts";
import type { FriendshipChanges } from "../../domain/use-cases/friends/change-friendship.ts";
import type { ListFriends } from "../../domain/use-cases/friends/list-friends.ts";
import { Block, Friend } from "../schemas/friend.ts";
import { askFriendRoute } from "./ask-friend.ts";
import { changeFriendshipRoutes } from "./change-friendship.ts";
import { listFriendsRoutes } from "./list-friends.ts";
import { readFeedRoute } from "./read-feed.ts";

export interface FriendUseCases extends FriendshipChanges {
  readonly askFriend: AskFriend;
  readonly listFriends: ListFriends;
  readonly readFeed: ReadFeed;
}

/** Every route about friends, blocks and what friends share. */
export const friendsRoutes: FastifyPluginAsync<FriendUseCases> = async (v1, useCases) => {
  for (const schema of [Friend, Block]) v1.addSchema(schema);
  await askFriendRoute(v1, useCases);
  await changeFriendshipRoutes(v1, useCases);
  await listFriendsRoutes(v1, useCases);
  await readFeedRoute(v1, useCases);
};

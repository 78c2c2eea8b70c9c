import type { SignPhotoUrls } from "../domain/photo-urls.ts";
import { createReadFeed } from "../domain/use-cases/feed/read-feed.ts";
import { createAskFriend } from "../domain/use-cases/friends/ask-friend.ts";
import { createFriendshipChanges } from "../domain/use-cases/friends/change-friendship.ts";
import { createListFriends } from "../domain/use-cases/friends/list-friends.ts";
import type { FriendUseCases } from "../routes/friends/friends-routes.ts";
import type { Adapters } from "./adapters.ts";

export function composeFriends(adapters: Adapters, signPhotoUrls: SignPhotoUrls): FriendUseCases {
  return {
    ...createFriendshipChanges(adapters),
    askFriend: createAskFriend(adapters),
    listFriends: createListFriends(adapters),
    readFeed: createReadFeed({ ...adapters, signPhotoUrls }),
  };
}

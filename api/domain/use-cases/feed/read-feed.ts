import { areFriends, maxFriends, strangers } from "../../friendship.ts";
import { accepted } from "../../outcome.ts";
import type { Photo, UserId } from "../../photo.ts";
import { isShared } from "../../photo-changes.ts";
import type { SignPhotoUrls, ViewedPhoto } from "../../photo-urls.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedStore } from "../../ports/feed-store.ts";
import type { FriendStore } from "../../ports/friend-store.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { planUrls } from "../photos/plan-urls.ts";

/**
 * What the viewer's friends share, newest first, each with its URLs. A page may hold fewer than `limit`, and still not be
 * the last. Throws InvalidCursorError.
 */
export type ReadFeed = (viewer: Viewer, page: PageRequest) => Promise<Page<ViewedPhoto>>;

export interface ReadFeedOptions {
  readonly friends: Pick<FriendStore, "list">;
  readonly feed: FeedStore;
  readonly photos: Pick<PhotoStore, "findMany">;
  readonly relations: RelationStore;
  readonly signPhotoUrls: SignPhotoUrls;
  readonly now: Clock;
}

export function createReadFeed(options: ReadFeedOptions): ReadFeed {
  const { friends, feed, photos, relations, signPhotoUrls, now } = options;

  /** What of the list is true at this moment: both the list of friends and that of their photos may lag behind. */
  async function plan(viewer: Viewer, found: readonly Photo[]) {
    const { friendships, roles } = await relations.relationsOf(viewer.userId, {
      users: new Set(found.map(({ ownerId }) => ownerId)),
      albums: new Set(found.flatMap(({ albumId }) => albumId ?? [])),
    });
    const at = now();
    return found.flatMap((photo) => {
      const friendship = friendships.get(photo.ownerId) ?? strangers;
      // What they see by another right, such as a public photo of a former friend's, is no part of the feed.
      if (!isShared(photo) || !areFriends(friendship)) return [];
      const albumRole = photo.albumId === undefined ? undefined : roles.get(photo.albumId);
      return planUrls({ viewer, photo, relation: { friendship, albumRole }, now: at });
    });
  }

  /** All of them: a page of the list may end early, since the store reads only so much at once. */
  async function friendIdsOf(userId: UserId): Promise<UserId[]> {
    const ids: UserId[] = [];
    let cursor: string | undefined;
    do {
      const page = await friends.list(userId, "accepted", { limit: maxFriends, cursor });
      ids.push(...page.items.map((friend) => friend.userId));
      cursor = page.nextCursor;
    } while (cursor !== undefined && ids.length < maxFriends);
    return ids;
  }

  return async (viewer, page) => {
    const ownerIds = await friendIdsOf(viewer.userId);
    const { items: ids, ...rest } = await feed.listShared(viewer.userId, ownerIds, page);
    const found = (await photos.findMany(ids)).filter((photo) => photo !== undefined);
    return { items: await signPhotoUrls(accepted(await plan(viewer, found))), ...rest };
  };
}

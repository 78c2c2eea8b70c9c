import type { AlbumRole } from "../album.ts";
import type { Friendship } from "../friendship.ts";
import type { AlbumId, UserId } from "../photo.ts";

/** What a user is to others and in albums, at this moment: nothing that was taken away before the request counts. */
export interface RelationStore {
  /** Absent from the maps: strangers, and albums that the user is not in or that are gone. */
  relationsOf(
    userId: UserId,
    to: { readonly users: Iterable<UserId>; readonly albums: Iterable<AlbumId> },
  ): Promise<Relations>;
}

export interface Relations {
  readonly friendships: ReadonlyMap<UserId, Friendship>;
  readonly roles: ReadonlyMap<AlbumId, AlbumRole>;
}

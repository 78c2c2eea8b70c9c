import type { Album, AlbumRole, Member, MemberRole, ViewedAlbum } from "../album.ts";
import type { AlbumId, UserId } from "../photo.ts";
import type { Page, PageRequest } from "./page.ts";

/** Where albums and their members are kept. A deleted album counts as absent at once, and so does every role in it. */
export interface AlbumStore {
  /** Writes the album together with its owner's membership. */
  create(album: Album): Promise<void>;
  find(id: AlbumId): Promise<Album | undefined>;
  /** Albums that the user is a member of, newest first, as they are now. */
  listOfMember(userId: UserId, page: PageRequest): Promise<Page<ViewedAlbum>>;
  /** Resolves to undefined when the album is absent. */
  rename(id: AlbumId, title: string): Promise<Album | undefined>;
  /** Hides it at once; what refers to it is cleaned up by `clearDeleted`, any number of times. */
  delete(id: AlbumId, at: Date): Promise<void>;
  /**
   * Takes the members of a deleted album away and its photos out of it, a bounded number of them, and forgets the album
   * once nothing is left. Resolves to whether that is so.
   */
  clearDeleted(id: AlbumId): Promise<boolean>;

  findMember(id: AlbumId, userId: UserId): Promise<Member | undefined>;
  /** By user id. */
  listMembers(id: AlbumId, page: PageRequest): Promise<Page<Member>>;
  /**
   * Adds a member, or changes the role of one who still has the role `held`. Resolves to undefined when the album is
   * gone or the other's role is no longer `held`; rejects with AlbumFullError when there is no place left.
   */
  putMember(member: Member & { role: MemberRole }, held: AlbumRole | undefined): Promise<Member | undefined>;
  /** Resolves to whether there was such a member, whose role was still `held`. */
  removeMember(id: AlbumId, userId: UserId, held: AlbumRole): Promise<boolean>;
}

import type { AlbumId, UserId } from "./photo.ts";

/** Who may be appointed, in order of rank; the owner outranks them all and is never appointed. */
export const memberRoles = ["viewer", "contributor", "manager"] as const;
export type MemberRole = (typeof memberRoles)[number];

export const albumRoles = [...memberRoles, "owner"] as const;
export type AlbumRole = (typeof albumRoles)[number];

export interface Album {
  readonly id: AlbumId;
  readonly ownerId: UserId;
  readonly title: string;
  readonly createdAt: Date;
  /** The photos in it that are `ready`, whoever may see them. */
  readonly photoCount: number;
  /** Its owner among them. */
  readonly memberCount: number;
  readonly version: number;
}

export interface Member {
  readonly albumId: AlbumId;
  readonly userId: UserId;
  readonly role: AlbumRole;
  readonly addedAt: Date;
}

/** An album and what the viewer is in it. */
export interface ViewedAlbum {
  readonly album: Album;
  readonly role: AlbumRole;
}

/** Its owner among them: whoever reads a list of members reads so many items at most. */
export const maxMembers = 500;

export function outranks(one: AlbumRole, other: AlbumRole): boolean {
  return albumRoles.indexOf(one) > albumRoles.indexOf(other);
}

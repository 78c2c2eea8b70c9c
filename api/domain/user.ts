import type { PhotoId, UserId } from "./photo.ts";
import type { Usage } from "./photo-changes.ts";

/**
 * What an issuer may call a user: its ids are parts of the table's keys and of the bucket's, where a slash in one would put
 * one user inside the prefix of another, and of policies, where `*`, `?` and `$` would open the prefixes of others.
 */
export const userIdPattern = /^(?!\.{1,2}$)[A-Za-z0-9._|:@=+-]{1,128}$/;

/** What the platform itself knows of a user; who they are is the issuer's to know. */
export interface User {
  readonly id: UserId;
  /** What friends and fellow members are shown. */
  readonly displayName?: string;
  readonly usage: Usage;
  /** Friendships that are accepted. */
  readonly friendCount: number;
  /** No photo of the user's is newer, save for clocks that differ by seconds. */
  readonly newestPhotoId?: PhotoId;
}

/** A user of whom nothing is kept yet. */
export function newcomer(id: UserId): User {
  return { id, usage: { bytes: 0, photos: 0 }, friendCount: 0 };
}

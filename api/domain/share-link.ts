import type { AlbumId, PhotoId, UserId } from "./photo.ts";

/** A UUIDv7. */
export type LinkId = string;

export type LinkTarget = { readonly photoId: PhotoId } | { readonly albumId: AlbumId };

/** Opens a photo or an album to whoever holds its token, without an account. */
export interface ShareLink {
  readonly id: LinkId;
  readonly creatorId: UserId;
  readonly target: LinkTarget;
  readonly allowDownload: boolean;
  /** Whether its token alone does not open it. */
  readonly hasPassword: boolean;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** How often it was opened. */
  readonly uses: number;
}

export function isLive({ expiresAt }: Pick<ShareLink, "expiresAt">, now: Date): boolean {
  return now < expiresAt;
}

export function leadsTo({ target }: Pick<ShareLink, "target">, photo: { id: PhotoId; albumId?: AlbumId }): boolean {
  return "photoId" in target ? target.photoId === photo.id : target.albumId === photo.albumId;
}

import type { Outcome } from "../outcome.ts";
import type { AlbumId, Photo, PhotoId, SignedPart, UserId, Visibility, WindowSignature } from "../photo.ts";
import type { PhotoChange, Usage } from "../photo-changes.ts";
import type { Page, PageRequest } from "./page.ts";

/**
 * Where photos are kept, with what they add to their owners' use and to their albums' counts. A lapsed photo counts as
 * absent. Finders resolve to undefined for what is absent; every method rejects only when the store itself fails.
 * Whatever a list's index says, its photos are as they are now: a right that was taken away is gone at the next request.
 */
export interface PhotoStore {
  /**
   * Writes `pending` photos of one owner, in order, as long as they fit the quota together with all that the owner has;
   * the outcome of one that does not fit is a QuotaExceededError, and a smaller one after it may fit.
   */
  reserve(photos: readonly Photo[], quota: Usage): Promise<Outcome<Photo>[]>;
  find(id: PhotoId): Promise<Photo | undefined>;
  /** In the order asked for, with undefined for what is absent. */
  findMany(ids: readonly PhotoId[]): Promise<(Photo | undefined)[]>;
  /** The same, but of photos that lapsed as well: they are kept until somebody takes them away. */
  findKept(ids: readonly PhotoId[]): Promise<(Photo | undefined)[]>;

  /** Newest first, the trash apart from the rest. */
  listByOwner(ownerId: UserId, page: OwnerPage): Promise<Page<Photo>>;
  /** Those that the owner shares with friends or everybody, newest first. */
  listShared(ownerId: UserId, page: PageRequest & { visibility?: Visibility | undefined }): Promise<Page<Photo>>;
  /** Newest first, in whatever state they are. */
  listByAlbum(albumId: AlbumId, page: PageRequest): Promise<Page<Photo>>;

  /** Resolves to the photo after the change, and to undefined when it is absent; nothing is lost to a change at the same time. */
  change(id: PhotoId, change: PhotoChange): Promise<Photo | undefined>;
  /** Lapsed or not. */
  remove(id: PhotoId): Promise<void>;
  /** A photo that was due before then, lapsed or not. */
  findDue(id: PhotoId, before: Date): Promise<Photo | undefined>;
  /**
   * Makes a photo that was due before then count as absent for good: no change at the same time can bring it back.
   * Resolves to the photo, and to undefined when it is not due, or gone.
   */
  expire(id: PhotoId, before: Date): Promise<Photo | undefined>;
}

export interface OwnerPage extends PageRequest {
  readonly visibility?: Visibility | undefined;
  readonly trashed?: boolean | undefined;
}

/** Keeps signatures beside their photos, so that every instance hands out the same URL within a window. */
export interface SignatureStore {
  /**
   * Keeps `signature` unless one of the same key, resource and expiry was first, and resolves to the one to hand out.
   * Nothing is kept, and `signature` itself comes back, when the photo is gone or a later expiry is kept already.
   */
  keepSignature(id: PhotoId, part: SignedPart, signature: WindowSignature): Promise<WindowSignature>;
}

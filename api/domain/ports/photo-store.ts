import type { Photo, PhotoId, RejectReason, SignedPart, UserId, Visibility, WindowSignature } from "../photo.ts";

export interface Page<T> {
  readonly items: T[];
  /** Opaque; absent on the last page. */
  readonly nextCursor?: string;
}

/** What an owner may change; a title of null takes it away. */
export interface PhotoChange {
  readonly title?: string | null;
  readonly visibility?: Visibility;
}

/** What the worker learned of a photo by decoding it. */
export interface DecodedPhoto {
  readonly width: number;
  readonly height: number;
  readonly takenAt?: Date;
}

/**
 * Where photos are kept. Finders resolve to undefined when a photo is absent; every method rejects only when the store
 * itself fails, never for a lost condition: those resolve to undefined, and nothing was written.
 */
export interface PhotoStore {
  /** Writes `pending` photos that lapse, and then count as absent, at `reservedUntil` unless they become `ready`. */
  reserve(photos: readonly Photo[], reservedUntil: Date): Promise<void>;
  find(id: PhotoId): Promise<Photo | undefined>;
  /** In the order asked for, with undefined for what is absent. */
  findMany(ids: readonly PhotoId[]): Promise<(Photo | undefined)[]>;
  /** Newest first. A cursor of another owner or a damaged one throws InvalidCursorError. */
  listByOwner(ownerId: UserId, page: { limit: number; cursor?: string; visibility?: Visibility }): Promise<Page<Photo>>;
  update(id: PhotoId, change: PhotoChange): Promise<Photo | undefined>;

  /** `pending` → `processing`; a photo that is further already is answered as it is. */
  beginProcessing(id: PhotoId): Promise<Photo | undefined>;
  /** `processing` → `ready`, for good: the reservation no longer lapses. */
  markReady(id: PhotoId, decoded: DecodedPhoto): Promise<Photo | undefined>;
  /** `pending` or `processing` → `rejected`. */
  markRejected(id: PhotoId, reason: RejectReason): Promise<Photo | undefined>;
  remove(id: PhotoId): Promise<void>;
}

/** Keeps signatures beside their photos, so that every instance hands out the same URL within a window. */
export interface SignatureStore {
  /**
   * Keeps `signature` unless one of the same key, resource and expiry was first, and resolves to the one to hand out.
   * Nothing is kept, and `signature` itself comes back, when the photo is gone or a later expiry is kept already.
   */
  keepSignature(id: PhotoId, part: SignedPart, signature: WindowSignature): Promise<WindowSignature>;
}

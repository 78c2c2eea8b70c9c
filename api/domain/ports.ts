import type { Photo, PhotoId, RejectReason, SignedPart, UserId, Visibility, WindowSignature } from "./photo.ts";

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

export type Clock = () => Date;

/** Who asks, as their verified token says. */
export interface Viewer {
  readonly userId: UserId;
  readonly groups: readonly string[];
}

export interface TokenVerifier {
  /**
   * At once for a token that is known. Rejects with UnauthenticatedError for a token that is no good, with
   * DependencyUnavailableError when that can't be told.
   */
  verify(token: string): Viewer | Promise<Viewer>;
}

/** Signs for CloudFront with one key. Only arithmetic, hence synchronous. */
export interface UrlSigner {
  /** CloudFront's id of the public half. */
  readonly keyId: string;
  /** Whether every instance signs the same input to the same bytes: RSA does, ECDSA does not. */
  readonly deterministic: boolean;
  /**
   * The query string, without `?`, that opens `resource` until `expiresAt` (whole seconds). A resource is an absolute
   * URL without a query, and may end in `*`. Throws TypeError for anything else, RangeError for a date CloudFront can't take.
   */
  signedQuery(resource: string, expiresAt: Date): string;
}

/** A request that anyone may send until it expires, exactly as it stands. */
export interface PresignedRequest {
  readonly method: "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** What S3 is to hold an upload to: `size` is in bytes, `sha256` is base64 of 32 bytes. */
export interface PinnedUpload {
  readonly key: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256?: string | undefined;
}

/** Signs requests for S3. The answers expire no later than asked, and earlier when the signing credentials do. */
export interface UploadPresigner {
  /** In the order of the uploads. S3 takes these bytes only, and only once. */
  put(uploads: readonly PinnedUpload[], expiresAt: Date): Promise<PresignedRequest[]>;
  delete(object: { key: string }, expiresAt: Date): Promise<PresignedRequest>;
}

import type { PhotoId, PhotoStatus } from "./photo.ts";
import type { Usage } from "./photo-changes.ts";
import type { DenyReason } from "./policy.ts";

export type ErrorCode =
  | "UNAUTHENTICATED"
  | "PHOTO_NOT_FOUND"
  | "ALBUM_NOT_FOUND"
  | "MEMBER_NOT_FOUND"
  | "LINK_NOT_FOUND"
  | "PHOTO_NOT_READY"
  | "QUOTA_EXCEEDED"
  | "ALBUM_FULL"
  | "TOO_MANY_FRIENDS"
  | "OWN_FRIENDSHIP"
  | "USER_BLOCKED"
  | "LINK_EXPIRY"
  | "LINK_PASSWORD_REQUIRED"
  | "LINK_PASSWORD_WRONG"
  | "TOO_MANY_REQUESTS"
  | "IDEMPOTENCY_KEY_REUSED"
  | "IDEMPOTENCY_KEY_IN_USE"
  | "CHANGED_MEANWHILE"
  | "CONTENT_TYPE_NOT_ALLOWED"
  | "UPLOAD_TOO_LARGE"
  | "NO_MULTIPART_UPLOAD"
  | "PARTS_MISMATCH"
  | "UNKNOWN_UPLOAD_REQUEST"
  | "INVALID_CURSOR"
  | "ORIGIN_NOT_VERIFIED"
  | "DEPENDENCY_UNAVAILABLE";

/** What the platform refuses or can't do just now. The message is safe to show; what only the log may know is a field. */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
}

/** All bad tokens look alike to the caller; `reason` is for the log and never holds the token. */
export class UnauthenticatedError extends DomainError {
  readonly code = "UNAUTHENTICATED";
  readonly reason: string;

  constructor(reason: string) {
    super("A valid access token is required");
    this.reason = reason;
  }
}

/** Absent and forbidden look alike to the caller; `reason` is for the log. */
export class PhotoNotFoundError extends DomainError {
  readonly code = "PHOTO_NOT_FOUND";
  readonly photoId: PhotoId;
  readonly reason: "absent" | DenyReason;

  constructor(photoId: PhotoId, reason: "absent" | DenyReason) {
    super("There is no such photo, or it is not yours to see");
    this.photoId = photoId;
    this.reason = reason;
  }
}

/** Absent, not a member's, or above the member's rank: alike to the caller; `reason` is for the log. */
export class AlbumNotFoundError extends DomainError {
  readonly code = "ALBUM_NOT_FOUND";
  readonly reason: "absent" | DenyReason;

  constructor(reason: "absent" | DenyReason) {
    super("There is no such album, or it is not yours to do that with");
    this.reason = reason;
  }
}

/** Not a member, not to be made one, or above the caller's rank: alike to the caller; `reason` is for the log. */
export class MemberNotFoundError extends DomainError {
  readonly code = "MEMBER_NOT_FOUND";
  readonly reason: "absent" | DenyReason;

  constructor(reason: "absent" | DenyReason) {
    super("There is no such member, or they are not yours to do that with");
    this.reason = reason;
  }
}

export class AlbumFullError extends DomainError {
  readonly code = "ALBUM_FULL";

  constructor(limit: number) {
    super(`The album has ${limit} members, which is as many as there may be; dismiss somebody to make room`);
  }
}

/** Absent, expired, revoked, forged, or leading nowhere: alike to the caller; `reason` is for the log. */
export class LinkNotFoundError extends DomainError {
  readonly code = "LINK_NOT_FOUND";
  readonly reason: "absent" | "malformed" | "forged" | "target" | DenyReason;

  constructor(reason: LinkNotFoundError["reason"]) {
    super("There is no such share link, or it leads nowhere any more");
    this.reason = reason;
  }
}

export class LinkPasswordRequiredError extends DomainError {
  readonly code = "LINK_PASSWORD_REQUIRED";

  constructor() {
    super("The share link has a password; send it by POST");
  }
}

export class LinkPasswordWrongError extends DomainError {
  readonly code = "LINK_PASSWORD_WRONG";

  constructor() {
    super("This is not the password of the share link");
  }
}

/** How long to wait is told in whole seconds. */
export class TooManyRequestsError extends DomainError {
  readonly code = "TOO_MANY_REQUESTS";
  readonly retryAfterSeconds: number;

  constructor(what: string, retryAfterSeconds: number) {
    super(`${what}; try again in ${retryAfterSeconds} seconds`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The link would live longer than any may, or has ended before it began. */
export class LinkExpiryError extends DomainError {
  readonly code = "LINK_EXPIRY";

  constructor(mostDays: number) {
    super(`A share link expires in the future, in ${mostDays} days at most`);
  }
}

/** An answer about what changed under the request's feet; the same request again sees it as it is. */
export class ChangedMeanwhileError extends DomainError {
  readonly code = "CHANGED_MEANWHILE";

  constructor() {
    super("It was changed by somebody else at the same moment; try again");
  }
}

/** Sizes are in bytes. */
export class QuotaExceededError extends DomainError {
  readonly code = "QUOTA_EXCEEDED";

  constructor(used: Usage, quota: Usage) {
    super(
      `You have ${used.photos} of ${quota.photos} photos and ${used.bytes} of ${quota.bytes} bytes; ` +
        "delete some for good to make room (the trash counts)",
    );
  }
}

/** Friendship is between two. */
export class OwnFriendshipError extends DomainError {
  readonly code = "OWN_FRIENDSHIP";

  constructor() {
    super("This is your own user id; name another user");
  }
}

/** Asking somebody whom one blocks would promise what the block takes back. */
export class UserBlockedError extends DomainError {
  readonly code = "USER_BLOCKED";

  constructor() {
    super("You block this user; lift the block first, by DELETE /v1/blocks/{userId}");
  }
}

/** Either of the two may be the one who has no place left. */
export class TooManyFriendsError extends DomainError {
  readonly code = "TOO_MANY_FRIENDS";

  constructor(limit: number) {
    super(`One of you has ${limit} friends, which is as many as there may be; an end to another friendship makes room`);
  }
}

/** The caller may see the photo, but there is nothing to open: it is not `ready`. */
export class PhotoNotReadyError extends DomainError {
  readonly code = "PHOTO_NOT_READY";

  constructor(status: PhotoStatus) {
    super(`The photo has no URLs while it is ${status}`);
  }
}

export class ContentTypeNotAllowedError extends DomainError {
  readonly code = "CONTENT_TYPE_NOT_ALLOWED";

  constructor(allowed: Iterable<string>) {
    super(`The content type is not one of ${[...allowed].join(", ")}`);
  }
}

/** Sizes are in bytes. */
export class UploadTooLargeError extends DomainError {
  readonly code = "UPLOAD_TOO_LARGE";

  constructor(size: number, limit: number) {
    super(`An upload may have ${limit} bytes at most; this one has ${size}`);
  }
}

/** The photo was reserved for an upload in one piece, or its multipart upload is over. */
export class NoMultipartUploadError extends DomainError {
  readonly code = "NO_MULTIPART_UPLOAD";

  constructor(why: "none" | "ended") {
    super(
      why === "none"
        ? 'The photo is not uploaded in parts; reserve one with `upload: "multipart"` for that'
        : "The multipart upload has ended; look at the photo for what became of it",
    );
  }
}

/** The parts are not those of the reservation; the fault is in words for whoever sent them. */
export class PartsMismatchError extends DomainError {
  readonly code = "PARTS_MISMATCH";
}

/** A request of S3's protocol that no upload consists of. */
export class UnknownUploadRequestError extends DomainError {
  readonly code = "UNKNOWN_UPLOAD_REQUEST";

  constructor(method: string) {
    super(`No upload has a ${method} like this; a PUT or a POST begins one, and all others name it by \`uploadId\``);
  }
}

/** The cursor is damaged, or belongs to another list. */
export class InvalidCursorError extends DomainError {
  readonly code = "INVALID_CURSOR";

  constructor() {
    super("The cursor does not belong to this list; start again without one");
  }
}

/** The key came with another request before, and a key stands for one. */
export class IdempotencyKeyReusedError extends DomainError {
  readonly code = "IDEMPOTENCY_KEY_REUSED";

  constructor() {
    super("This Idempotency-Key came with another request within the last 24 hours; send a new key with a new request");
  }
}

/** The same request came before and has not been answered yet. */
export class IdempotencyKeyInUseError extends DomainError {
  readonly code = "IDEMPOTENCY_KEY_IN_USE";

  constructor() {
    super("The request that first came with this Idempotency-Key is still under way; send it again shortly");
  }
}

/** A request that came past the edge in front. No viewer who comes by the front door ever sees it. */
export class OriginNotVerifiedError extends DomainError {
  readonly code = "ORIGIN_NOT_VERIFIED";

  constructor() {
    super("This address answers to the platform's own edge alone");
  }
}

/** Something that the platform stands on does not answer; the same request may succeed later. */
export class DependencyUnavailableError extends DomainError {
  readonly code = "DEPENDENCY_UNAVAILABLE";
  readonly dependency: string;

  constructor(dependency: string, options?: ErrorOptions) {
    super("A service that this request needs is unavailable; try again shortly", options);
    this.dependency = dependency;
  }
}

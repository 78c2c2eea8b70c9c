import type { PhotoId } from "./photo.ts";
import type { DenyReason } from "./policy.ts";

export type ErrorCode =
  | "UNAUTHENTICATED"
  | "PHOTO_NOT_FOUND"
  | "PHOTO_NOT_READY"
  | "CONTENT_TYPE_NOT_ALLOWED"
  | "UPLOAD_TOO_LARGE"
  | "UPLOAD_METHOD_NOT_SUPPORTED"
  | "INVALID_CURSOR"
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

/** The caller may see the photo, but there is nothing to open: it is not `ready`. */
export class PhotoNotReadyError extends DomainError {
  readonly code = "PHOTO_NOT_READY";

  constructor(status: string) {
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

export class UploadMethodNotSupportedError extends DomainError {
  readonly code = "UPLOAD_METHOD_NOT_SUPPORTED";

  constructor(method: string) {
    super(`Uploads by ${method} are not offered by this deployment; leave \`upload\` out or say "put"`);
  }
}

/** The cursor is damaged, or belongs to another list. */
export class InvalidCursorError extends DomainError {
  readonly code = "INVALID_CURSOR";

  constructor() {
    super("The cursor does not belong to this list; start again without one");
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

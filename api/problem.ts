import type { DomainError, ErrorCode } from "./domain/errors.ts";

/** What is wrong with a request as such, whatever the domain would say. */
type RequestErrorCode =
  | "INVALID_REQUEST"
  | "ROUTE_NOT_FOUND"
  | "REQUEST_TIMEOUT"
  | "HEADERS_TOO_LARGE"
  | "BODY_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "OVERLOADED"
  | "INTERNAL";

export type ProblemCode = ErrorCode | RequestErrorCode;

export interface FieldError {
  /** A JSON pointer into the body, the path or the query. */
  readonly path: string;
  readonly message: string;
}

/** RFC 9457, with a stable `code` to tell problems apart and the id under which the log knows the request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: FieldError[];
}

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** How long to wait before the same request makes sense again. */
  readonly retryAfterSeconds?: number;
  /** What a 401 asks for by `www-authenticate`, as RFC 9110 has it, where it is always the same. */
  readonly challenge?: string;
}

/** No registered scheme: a browser must not ask by a dialogue of its own. */
const linkPassword = "LinkPassword";

/** Exhaustive: a new code without a status does not compile. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  INVALID_REQUEST: { status: 400, title: "The request is malformed" },
  INVALID_CURSOR: { status: 400, title: "The cursor is not of this list" },
  UNKNOWN_UPLOAD_REQUEST: { status: 400, title: "No upload has such a request" },
  LINK_EXPIRY: { status: 400, title: "The share link can't expire then" },
  UNAUTHENTICATED: { status: 401, title: "Sign in first" },
  LINK_PASSWORD_REQUIRED: { status: 401, title: "The share link asks for a password", challenge: linkPassword },
  LINK_PASSWORD_WRONG: { status: 401, title: "The password of the share link is wrong", challenge: linkPassword },
  ORIGIN_NOT_VERIFIED: { status: 403, title: "Not the way in" },
  PHOTO_NOT_FOUND: { status: 404, title: "Photo not found" },
  ALBUM_NOT_FOUND: { status: 404, title: "Album not found" },
  MEMBER_NOT_FOUND: { status: 404, title: "Member not found" },
  LINK_NOT_FOUND: { status: 404, title: "Share link not found" },
  ROUTE_NOT_FOUND: { status: 404, title: "Nothing is here" },
  REQUEST_TIMEOUT: { status: 408, title: "The request took too long to arrive" },
  OWN_FRIENDSHIP: { status: 400, title: "Nobody is their own friend" },
  USER_BLOCKED: { status: 409, title: "You block this user" },
  CHANGED_MEANWHILE: { status: 409, title: "Changed by somebody else meanwhile" },
  IDEMPOTENCY_KEY_REUSED: { status: 409, title: "The idempotency key belongs to another request" },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: "The same request is still under way", retryAfterSeconds: 1 },
  NO_MULTIPART_UPLOAD: { status: 409, title: "There is no multipart upload" },
  PHOTO_NOT_READY: { status: 409, title: "The photo is not ready" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  UPLOAD_TOO_LARGE: { status: 413, title: "The upload is too large" },
  QUOTA_EXCEEDED: { status: 413, title: "The quota is used up" },
  ALBUM_FULL: { status: 413, title: "The album has no place for another member" },
  TOO_MANY_FRIENDS: { status: 413, title: "There is no place for another friend" },
  CONTENT_TYPE_NOT_ALLOWED: { status: 415, title: "Uploads of this type are not allowed" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body must be JSON" },
  PARTS_MISMATCH: { status: 422, title: "The parts do not match the reservation" },
  TOO_MANY_REQUESTS: { status: 429, title: "Too many requests", retryAfterSeconds: 60 },
  HEADERS_TOO_LARGE: { status: 431, title: "The headers are too large" },
  INTERNAL: { status: 500, title: "Something went wrong here" },
  DEPENDENCY_UNAVAILABLE: { status: 503, title: "Temporarily unavailable", retryAfterSeconds: 2 },
  OVERLOADED: { status: 503, title: "Too busy", retryAfterSeconds: 5 },
};

export function problem(code: ProblemCode, detail: string, requestId: string, errors?: FieldError[]): Problem {
  const { status, title } = problemKinds[code];
  return { type: problemType(code), title, status, detail, code, requestId, ...(errors && { errors }) };
}

export function problemOf(error: DomainError, requestId: string): Problem {
  return problem(error.code, error.message, requestId);
}

/** What of an error the log may know, and an answer may not. */
export function logFields(error: Error & { readonly code?: string }): object {
  return { code: error.code, ...("reason" in error && { reason: error.reason }) };
}

/** `urn:latchkey:problem:photo-not-found` */
export function problemType(code: ProblemCode): string {
  return `urn:latchkey:problem:${code.toLowerCase().replaceAll("_", "-")}`;
}

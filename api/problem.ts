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
}

/** Exhaustive: a new code without a status does not compile. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  INVALID_REQUEST: { status: 400, title: "The request is malformed" },
  INVALID_CURSOR: { status: 400, title: "The cursor is not of this list" },
  UPLOAD_METHOD_NOT_SUPPORTED: { status: 400, title: "The upload method is not supported" },
  UNAUTHENTICATED: { status: 401, title: "Sign in first" },
  PHOTO_NOT_FOUND: { status: 404, title: "Photo not found" },
  ROUTE_NOT_FOUND: { status: 404, title: "Nothing is here" },
  REQUEST_TIMEOUT: { status: 408, title: "The request took too long to arrive" },
  PHOTO_NOT_READY: { status: 409, title: "The photo is not ready" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  UPLOAD_TOO_LARGE: { status: 413, title: "The upload is too large" },
  CONTENT_TYPE_NOT_ALLOWED: { status: 415, title: "Uploads of this type are not allowed" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body must be JSON" },
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

import type { Photo, Problem } from "./schema.ts";

/** A code of this version of the API, or one that a later version added. */
export type ProblemCode = Problem["code"] | "UNEXPECTED_ANSWER" | (string & {});

/** What the API answered instead of what was asked for: an RFC 9457 problem, whose `code` is for programs. */
export class LatchkeyProblem extends Error {
  override readonly name = "LatchkeyProblem";
  /** `UNEXPECTED_ANSWER` when what answered was not the API, but something between. */
  readonly code: ProblemCode;
  readonly status: number;
  /** Under which the API's log knows the request. */
  readonly requestId: string | undefined;
  /** Seconds after which the same request makes sense again. */
  readonly retryAfter: number | undefined;
  /** Where the request breaks its schema. */
  readonly errors: Problem["errors"];

  constructor(problem: Pick<Problem, "title" | "status" | "detail" | "errors"> & ProblemFacts) {
    const { title, detail, code, status, requestId, retryAfter, errors } = problem;
    super(`${detail === title ? title : `${title}: ${detail}`} (${code}${requestId ? `, request ${requestId}` : ""})`);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    this.errors = errors;
  }
}

interface ProblemFacts {
  readonly code: ProblemCode;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

/** S3 refused an upload, and would refuse it again: `code` is S3's, such as `AccessDenied` or `BadDigest`. */
export class UploadRefusedError extends Error {
  override readonly name = "UploadRefusedError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`S3 refused the upload with ${status} ${code}: ${message}`);
    this.status = status;
    this.code = code;
  }
}

/** The platform looked at the bytes and did not take them. */
export class PhotoRejectedError extends Error {
  override readonly name = "PhotoRejectedError";
  readonly photo: Photo;

  constructor(photo: Photo) {
    super(`Photo ${photo.id} was rejected: ${photo.reason}`);
    this.photo = photo;
  }
}

/** The problem of an answer that failed, whoever gave it. */
export function problemOf(response: Response, body: unknown): LatchkeyProblem {
  const retryAfter = retryAfterOf(response.headers);
  if (isProblem(body)) return new LatchkeyProblem({ ...body, retryAfter });
  return new LatchkeyProblem({
    title: `Something that is not the API answered ${response.status}`,
    status: response.status,
    detail: response.statusText || "no problem document",
    code: "UNEXPECTED_ANSWER",
    requestId: response.headers.get("x-request-id") ?? undefined,
    retryAfter,
  });
}

/** The seconds of a Retry-After header, which may also be a date (RFC 9110, 10.2.3). */
export function retryAfterOf(headers: Headers, now = Date.now()): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now) / 1000));
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== "object" || body === null) return false;
  const { title, detail, status, code, requestId } = body as Record<string, unknown>;
  return [title, detail, code, requestId].every((text) => typeof text === "string") && typeof status === "number";
}

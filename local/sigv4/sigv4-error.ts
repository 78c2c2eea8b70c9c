import type { SigV4Failure } from "./types.ts";

const statuses = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  ExpiredToken: 400,
  IncompleteBody: 400,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidChunkSizeError: 403,
  InvalidPolicyDocument: 400,
  InvalidRequest: 400,
  InvalidToken: 400,
  InvalidURI: 400,
  MalformedTrailerError: 400,
  MissingContentLength: 411,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
} as const;

export type SigV4Code = keyof typeof statuses;

/** A request that S3 would refuse, with S3's own code, status and words; never holds a key. */
export class SigV4Error extends Error implements SigV4Failure {
  readonly code: SigV4Code;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: SigV4Code, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "SigV4Error";
    this.code = code;
    this.status = statuses[code];
    this.details = details;
  }
}

/** For Signature Version 2, bearer tokens and whatever else is no Signature Version 4. */
export function unsupportedMechanism(): SigV4Error {
  return new SigV4Error(
    "InvalidRequest",
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  );
}

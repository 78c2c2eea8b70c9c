import type { CredentialLookup } from "../iam/types.ts";
import { formatAmzDate } from "./amz-date.ts";
import { authenticateKey } from "./authenticate-key.ts";
import { claimsSignature, readAuthorization } from "./authorization.ts";
import { canonicalRequest, headerValue, parseTarget, stringToSign, type Target, unsignedPayload } from "./canonical.ts";
import { checkSignature } from "./check-signature.ts";
import { onlyValue } from "./query-form.ts";
import { signatureOf, signingKey } from "./signing-key.ts";
import { SigV4Error } from "./sigv4-error.ts";
import type { ClaimedSignature, PayloadHash, SignedRequest, VerifiedRequest } from "./types.ts";

export interface VerifyOptions {
  readonly credentials: CredentialLookup;
  /** The services that this endpoint belongs to, as a credential scope names them. */
  readonly service: string | readonly string[];
  readonly now: Date;
  /** The endpoint's region; any will do when it is left out. */
  readonly region?: string;
  /** For services that take the whole body before they verify: its SHA-256, in hexadecimal. S3 streams, and leaves it out. */
  readonly bodySha256?: string;
}

/** How far a signer's clock may be off. */
export const allowedSkewMilliseconds = 15 * 60 * 1000;
const hexSha256 = /^[0-9a-f]{64}$/;

/**
 * Whether a request claims a signature, good or bad: one that does not is anonymous, one that does must be verified.
 * Throws InvalidURI for a target that cannot be read.
 */
export function isSigned(request: SignedRequest): boolean {
  return claimsSignature(request.headers, parseTarget(request.target).query);
}

/** The service that a signature is for, if it is true at all: tells a shared endpoint where to look before it verifies. */
export function claimedService(request: SignedRequest): string {
  return readAuthorization(request.headers, parseTarget(request.target).query).credential.service;
}

/** Proves who signed a request, in the header or the query form; throws SigV4Error with S3's code for why not. */
export function verifyRequest(request: SignedRequest, options: VerifyOptions): VerifiedRequest {
  const target = parseTarget(request.target);
  const authorization = readAuthorization(request.headers, target.query);
  checkScope(authorization, options);
  checkTime(authorization, options.now);
  checkSignedHeaders(authorization, request);
  const { credential, signedAt, signedHeaders, signature } = authorization;
  const { accessKeyId } = credential;
  const credentials = authenticateKey(options.credentials, accessKeyId, authorization.sessionToken, options.now);
  const payloadHash = payloadHashOf(authorization, request, target, options);
  const canonical = canonicalRequest({ ...request, target, signedHeaders, payloadHash, service: credential.service });
  const text = stringToSign(signedAt, credential, canonical);
  const expected = signatureOf(signingKey(credentials.secretAccessKey, credential), text);
  checkSignature(expected, signature, { AWSAccessKeyId: accessKeyId, StringToSign: text, CanonicalRequest: canonical });
  return {
    credentials,
    service: credential.service,
    region: credential.region,
    form: authorization.form,
    signedAt,
    signedHeaders,
    payload: parsePayloadHash(payloadHash, signature),
  };
}

function checkScope({ form, credential }: ClaimedSignature, options: VerifyOptions): void {
  const services = typeof options.service === "string" ? [options.service] : options.service;
  if (!services.includes(credential.service)) {
    throw scopeError(
      form,
      `incorrect service "${credential.service}". This endpoint belongs to "${services.join('", "')}".`,
    );
  }
  if (options.region !== undefined && credential.region !== options.region) {
    const why = `the region '${credential.region}' is wrong; expecting '${options.region}'`;
    throw scopeError(form, why, { Region: options.region });
  }
}

function scopeError(form: ClaimedSignature["form"], why: string, details?: Record<string, string>): SigV4Error {
  return form === "header"
    ? new SigV4Error("AuthorizationHeaderMalformed", `The authorization header is malformed; ${why}`, details)
    : new SigV4Error(
        "AuthorizationQueryParametersError",
        `Error parsing the X-Amz-Credential parameter; ${why}`,
        details,
      );
}

function checkTime({ form, signedAt, expiresInSeconds = 0 }: ClaimedSignature, now: Date): void {
  const age = now.getTime() - signedAt.getTime();
  if (form === "query") {
    if (age < -allowedSkewMilliseconds) throw new SigV4Error("AccessDenied", "Request is not valid yet");
    if (age > expiresInSeconds * 1000) {
      throw new SigV4Error("AccessDenied", "Request has expired", {
        "X-Amz-Expires": String(expiresInSeconds),
        Expires: new Date(signedAt.getTime() + expiresInSeconds * 1000).toISOString(),
        ServerTime: now.toISOString(),
      });
    }
  } else if (Math.abs(age) > allowedSkewMilliseconds) {
    throw new SigV4Error(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      {
        RequestTime: formatAmzDate(signedAt),
        ServerTime: now.toISOString(),
        MaxAllowedSkewMilliseconds: String(allowedSkewMilliseconds),
      },
    );
  }
}

/** An `x-amz-*` header changes what a request does, so whoever adds one to a signed request must be the signer. */
function checkSignedHeaders({ signedHeaders }: ClaimedSignature, { headers }: SignedRequest): void {
  const unsigned = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signedHeaders.includes(name));
  if (!signedHeaders.includes("host")) unsigned.push("host");
  if (unsigned.length > 0) {
    throw new SigV4Error("AccessDenied", "There were headers present in the request which were not signed", {
      HeadersNotSigned: unsigned.join(", "),
    });
  }
}

/** What a canonical request ends with. Only S3 believes a request that says it; all other services hash what came. */
function payloadHashOf(
  { form }: ClaimedSignature,
  { headers }: SignedRequest,
  { query }: Target,
  { bodySha256 }: VerifyOptions,
): string {
  if (bodySha256 !== undefined) return bodySha256;
  const header = headerValue(headers, "x-amz-content-sha256");
  if (header !== "") return header;
  if (form === "query") return onlyValue(query, "X-Amz-Content-Sha256") ?? unsignedPayload;
  throw new SigV4Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
}

function parsePayloadHash(hash: string, seedSignature: string): PayloadHash {
  switch (hash) {
    case unsignedPayload:
      return { kind: "unsigned" };
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
      return { kind: "streaming", signed: true, trailer: false, seedSignature };
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
      return { kind: "streaming", signed: true, trailer: true, seedSignature };
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      return { kind: "streaming", signed: false, trailer: true, seedSignature };
  }
  if (hexSha256.test(hash)) return { kind: "sha256", hex: hash };
  throw new SigV4Error(
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
  );
}

import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "../iam/types.ts";

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as they came over the wire. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** `null` body hash means UNSIGNED-PAYLOAD; the chunked forms are verified while the body streams. */
export type PayloadHash =
  | { readonly kind: "unsigned" }
  | { readonly kind: "sha256"; readonly hex: string }
  | { readonly kind: "streaming"; readonly signed: boolean; readonly trailer: boolean; readonly seedSignature: string };

export interface VerifiedRequest {
  readonly credentials: Credentials;
  readonly service: string;
  readonly region: string;
  readonly form: "header" | "query";
  readonly signedAt: Date;
  /** Lower-case names. */
  readonly signedHeaders: readonly string[];
  readonly payload: PayloadHash;
}

/** Thrown by the verifier; the service renders it in its own format (S3's XML, JSON 1.0, …). */
export interface SigV4Failure {
  /** S3's code, such as `SignatureDoesNotMatch`, `RequestTimeTooSkewed`, `InvalidAccessKeyId`. */
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

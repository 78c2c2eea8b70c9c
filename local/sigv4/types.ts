import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "../iam/types.ts";
import type { ScopedCredential } from "./credential-scope.ts";

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as they came over the wire. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a request says of its own signature, read but not yet believed. */
export interface ClaimedSignature {
  readonly form: "header" | "query";
  readonly credential: ScopedCredential;
  /** Lower-case names. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly signedAt: Date;
  /** Query form only. */
  readonly expiresInSeconds?: number;
  readonly sessionToken: string | undefined;
}

/** What the signature covers of the body; the streaming forms are verified while the body streams. */
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

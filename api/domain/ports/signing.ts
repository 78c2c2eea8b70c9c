import type { MultipartKey } from "./multipart.ts";

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
export interface PresignedRequest<Method extends string = "PUT" | "DELETE"> {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** A form that anyone may post, with these fields and a file, until it expires. */
export interface PresignedForm {
  readonly method: "POST";
  readonly url: string;
  /** In their order, the file after them. */
  readonly fields: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** What S3 is to hold an upload to: `size` is in bytes, `sha256` is base64 of 32 bytes. */
export interface PinnedUpload {
  readonly key: string;
  readonly contentType: string;
  readonly size: number;
  /** Any number of bytes from 1 to `size`, which a form can ask for and a PUT can't. */
  readonly unsized?: true | undefined;
  readonly sha256?: string | undefined;
}

/** One part of a multipart upload, and the bytes that it must have; how many is left open only where nobody can say it. */
export interface PinnedPart {
  readonly partNumber: number;
  readonly size: number | undefined;
  /** Base64. */
  readonly sha256?: string | undefined;
}

export interface PresignedPart extends PresignedRequest {
  readonly partNumber: number;
}

/** Signs requests for S3. The answers expire no later than asked, and earlier when the signing credentials do. */
export interface UploadPresigner {
  /** In the order of the uploads. S3 takes these bytes only, and only once. */
  put(uploads: readonly PinnedUpload[], expiresAt: Date): Promise<PresignedRequest[]>;
  /**
   * In the order of the uploads. S3 takes these bytes only, but a form has no way to ask that nothing be there already:
   * until it expires it can be posted again, and what comes then is the worker's to throw away.
   */
  post(uploads: readonly PinnedUpload[], expiresAt: Date): Promise<PresignedForm[]>;
  /** In the order of the parts. */
  parts(upload: MultipartKey, parts: readonly PinnedPart[], expiresAt: Date): Promise<PresignedPart[]>;
  /** For clients that speak to S3 themselves: begins an upload in parts, of which S3 tells them the id. */
  begin(object: { key: string; contentType: string }, expiresAt: Date): Promise<PresignedRequest<"POST">>;
  list(upload: MultipartKey, expiresAt: Date): Promise<PresignedRequest<"GET">>;
  /** Takes parts of so many bytes in all only, and only while the key holds nothing. */
  complete(upload: MultipartKey, size: number, expiresAt: Date): Promise<PresignedRequest<"POST">>;
  abort(upload: MultipartKey, expiresAt: Date): Promise<PresignedRequest<"DELETE">>;
  /** The address of an object, which opens nothing by itself. */
  locate(key: string): Promise<string>;
  delete(object: { key: string }, expiresAt: Date): Promise<PresignedRequest>;
}

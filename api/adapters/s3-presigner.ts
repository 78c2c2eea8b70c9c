import { DependencyUnavailableError } from "../domain/errors.ts";
import type { PinnedUpload, PresignedForm, PresignedRequest, UploadPresigner } from "../domain/ports/signing.ts";
import type { BucketAddress } from "./s3-bucket-address.ts";
import { createFormSigner } from "./sigv4-post-policy.ts";
import { createQuerySigner } from "./sigv4-query.ts";
import type { Credentials } from "./sigv4-session.ts";

export interface S3PresignerOptions {
  readonly bucket: BucketAddress;
  /** Asked for every list of requests: it is the provider that caches, and refreshes before they expire. */
  readonly credentials: () => Promise<Credentials>;
  readonly now?: () => Date;
}

interface Operation<Method> {
  readonly method: Method;
  readonly key: string;
  /** `x-id` names the operation where the SDK has it do so; other arguments come before it. */
  readonly query: string;
  readonly headers: PresignedRequest["headers"];
}

/**
 * Presigns what `@aws-sdk/s3-request-presigner` and `@aws-sdk/s3-presigned-post` would, byte for byte, for a fraction of
 * their cost. Throws TypeError or RangeError for what S3 could not take.
 */
export function createS3Presigner({
  bucket,
  credentials,
  now = () => new Date(),
}: S3PresignerOptions): UploadPresigner {
  const sign = createQuerySigner({ region: bucket.region, service: "s3", now });
  const signForm = createFormSigner({ region: bucket.region, service: "s3", now });

  const unavailable = (cause: unknown): never => {
    throw new DependencyUnavailableError("credentials", { cause });
  };

  function presign<Method extends string>(
    { method, key, query: queryTail, headers }: Operation<Method>,
    signer: Credentials,
    until: Date,
  ): PresignedRequest<Method> {
    const path = `${bucket.path}/${encodeKey(key)}`;
    const request = { method, path, headers: { ...headers, host: bucket.host }, queryTail };
    const { query, expiresAt } = sign(request, signer, until);
    return { method, url: `${bucket.origin}${path}?${query}`, headers, expiresAt };
  }

  function presignForm(upload: PinnedUpload, signer: Credentials, until: Date): PresignedForm {
    const { key, size } = upload;
    if (key.includes("${")) throw new TypeError(`S3 would put a name in the place of "\${" in the key ${key}`);
    const length = { min: upload.unsized ? 1 : size, max: size };
    const form = { bucket: bucket.name, key, fields: pinnedFields(upload), length };
    return { method: "POST", url: `${bucket.origin}${bucket.path || "/"}`, ...signForm(form, signer, until) };
  }

  return {
    async put(uploads, until) {
      const signer = await credentials().catch(unavailable);
      return uploads.map((upload) => {
        const headers = pinnedHeaders(upload);
        return presign({ method: "PUT", key: upload.key, query: "x-id=PutObject", headers }, signer, until);
      });
    },
    async post(uploads, until) {
      const signer = await credentials().catch(unavailable);
      return uploads.map((upload) => presignForm(upload, signer, until));
    },
    async parts({ key, uploadId }, parts, until) {
      const signer = await credentials().catch(unavailable);
      return parts.map(({ partNumber, size, sha256 }) => {
        if (size !== undefined) checkSize(size);
        const query = `partNumber=${partNumber}&uploadId=${encode(uploadId)}&x-id=UploadPart`;
        if (sha256 !== undefined) checkHash(sha256);
        const headers = {
          ...(size !== undefined && { "content-length": String(size) }),
          ...(sha256 !== undefined && { "x-amz-checksum-sha256": sha256 }),
        };
        return { partNumber, ...presign({ method: "PUT", key, query, headers }, signer, until) };
      });
    },
    async begin({ key, contentType }, until) {
      const signer = await credentials().catch(unavailable);
      checkType(contentType);
      const headers = { "content-type": contentType };
      return presign({ method: "POST", key, query: "uploads=", headers }, signer, until);
    },
    async list({ key, uploadId }, until) {
      const signer = await credentials().catch(unavailable);
      const query = `uploadId=${encode(uploadId)}&x-id=ListParts`;
      return presign({ method: "GET", key, query, headers: {} }, signer, until);
    },
    async complete({ key, uploadId }, size, until) {
      const signer = await credentials().catch(unavailable);
      checkSize(size);
      const query = `uploadId=${encode(uploadId)}`;
      const headers = { "if-none-match": "*", "x-amz-mp-object-size": String(size) };
      return presign({ method: "POST", key, query, headers }, signer, until);
    },
    async abort({ key, uploadId }, until) {
      const signer = await credentials().catch(unavailable);
      const query = `uploadId=${encode(uploadId)}&x-id=AbortMultipartUpload`;
      return presign({ method: "DELETE", key, query, headers: {} }, signer, until);
    },
    locate: async (key) => `${bucket.origin}${bucket.path}/${encodeKey(key)}`,
    async delete({ key }, until) {
      const signer = await credentials().catch(unavailable);
      return presign({ method: "DELETE", key, query: "x-id=DeleteObject", headers: {} }, signer, until);
    },
  };
}

/** What S3 holds the upload to, by signing it. */
function pinnedHeaders(upload: PinnedUpload): PresignedRequest["headers"] {
  // "Up to" is nothing that a header can say: whoever does not know the length uploads by a form.
  if (upload.unsized) throw new TypeError("A PUT whose length is not known can't be pinned");
  // The checksum is a header and not an argument of the query, where it is disputed whether S3 holds the body to it.
  const { "Content-Type": type, ...checksum } = pinnedFields(upload);
  return { "content-length": String(upload.size), "content-type": type, "if-none-match": "*", ...checksum };
}

/** The same, by the names that fields of a form have; its length is the policy's to say. */
function pinnedFields({ contentType, size, sha256 }: PinnedUpload) {
  checkSize(size);
  checkType(contentType);
  if (sha256 !== undefined) checkHash(sha256);
  const pinned = { "Content-Type": contentType };
  return sha256 === undefined ? pinned : { ...pinned, "x-amz-checksum-sha256": sha256 };
}

function checkType(contentType: string): void {
  if (!mediaTypePattern.test(contentType)) throw new TypeError(`Not a media type: ${JSON.stringify(contentType)}`);
}

function checkHash(sha256: string): void {
  if (!sha256Pattern.test(sha256)) throw new TypeError("sha256 is base64 of 32 bytes");
}

function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`An upload's size is whole bytes; got ${size}`);
}

/** Printable and without spaces or control characters, which would end the header or be folded before signing. */
const mediaTypePattern = /^[!-~]+\/[!-~]+(?:; ?[!-~]+)*$/;
const sha256Pattern = /^[A-Za-z0-9+/]{43}=$/;

/** S3 signs the path encoded once, and its slashes as they are. */
function encodeKey(key: string): string {
  if (plainKeyPattern.test(key)) return key;
  // HTTP clients resolve these segments before they send, and so would ask for another key than the one signed.
  if (dotSegmentPattern.test(key)) throw new TypeError(`A key with a "." or ".." segment can't be presigned: ${key}`);
  return encode(key).replaceAll("%2F", "/");
}

/** Every byte of the UTF-8 but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What needs no encoding, and holds no dot that would need a closer look. */
const plainKeyPattern = /^[A-Za-z0-9_~/-]+$/;
const dotSegmentPattern = /(?:^|\/)\.{1,2}(?:\/|$)/;

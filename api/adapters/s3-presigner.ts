import { DependencyUnavailableError } from "../domain/errors.ts";
import type { PinnedUpload, PresignedRequest, UploadPresigner } from "../domain/ports/signing.ts";
import type { BucketAddress } from "./s3-bucket-address.ts";
import { type Credentials, createQuerySigner } from "./sigv4-query.ts";

export interface S3PresignerOptions {
  readonly bucket: BucketAddress;
  /** Asked for every list of requests: it is the provider that caches, and refreshes before they expire. */
  readonly credentials: () => Promise<Credentials>;
  readonly now?: () => Date;
}

interface Operation {
  readonly method: PresignedRequest["method"];
  readonly operation: "PutObject" | "DeleteObject";
  readonly key: string;
  readonly headers: PresignedRequest["headers"];
}

/**
 * Presigns what `@aws-sdk/s3-request-presigner` would, byte for byte, for a fraction of its cost. Throws TypeError
 * or RangeError for what S3 could not take.
 */
export function createS3Presigner({
  bucket,
  credentials,
  now = () => new Date(),
}: S3PresignerOptions): UploadPresigner {
  const sign = createQuerySigner({ region: bucket.region, service: "s3", now });

  const unavailable = (cause: unknown): never => {
    throw new DependencyUnavailableError("credentials", { cause });
  };

  function presign({ method, operation, key, headers }: Operation, signer: Credentials, until: Date): PresignedRequest {
    const path = `${bucket.path}/${encodeKey(key)}`;
    const request = { method, path, headers: { ...headers, host: bucket.host }, queryTail: `x-id=${operation}` };
    const { query, expiresAt } = sign(request, signer, until);
    return { method, url: `${bucket.origin}${path}?${query}`, headers, expiresAt };
  }

  return {
    async put(uploads, until) {
      const signer = await credentials().catch(unavailable);
      return uploads.map((upload) => {
        const headers = pinnedHeaders(upload);
        return presign({ method: "PUT", operation: "PutObject", key: upload.key, headers }, signer, until);
      });
    },
    async delete({ key }, until) {
      const signer = await credentials().catch(unavailable);
      return presign({ method: "DELETE", operation: "DeleteObject", key, headers: {} }, signer, until);
    },
  };
}

/** What S3 holds the upload to, by signing it. */
function pinnedHeaders({ contentType, size, sha256 }: PinnedUpload): PresignedRequest["headers"] {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`An upload's size is whole bytes; got ${size}`);
  if (!mediaTypePattern.test(contentType)) throw new TypeError(`Not a media type: ${JSON.stringify(contentType)}`);
  if (sha256 !== undefined && !sha256Pattern.test(sha256)) throw new TypeError("sha256 is base64 of 32 bytes");
  const pinned = { "content-length": String(size), "content-type": contentType, "if-none-match": "*" };
  // A header and not an argument of the query, where it is disputed whether S3 holds the body to it.
  return sha256 === undefined ? pinned : { ...pinned, "x-amz-checksum-sha256": sha256 };
}

/** Printable and without spaces or control characters, which would end the header or be folded before signing. */
const mediaTypePattern = /^[!-~]+\/[!-~]+(?:; ?[!-~]+)*$/;
const sha256Pattern = /^[A-Za-z0-9+/]{43}=$/;

/** S3 signs the path encoded once: every byte of the UTF-8 but RFC 3986's unreserved characters and the slashes. */
function encodeKey(key: string): string {
  if (plainKeyPattern.test(key)) return key;
  // HTTP clients resolve these segments before they send, and so would ask for another key than the one signed.
  if (dotSegmentPattern.test(key)) throw new TypeError(`A key with a "." or ".." segment can't be presigned: ${key}`);
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What needs no encoding, and holds no dot that would need a closer look. */
const plainKeyPattern = /^[A-Za-z0-9_~/-]+$/;
const dotSegmentPattern = /(?:^|\/)\.{1,2}(?:\/|$)/;

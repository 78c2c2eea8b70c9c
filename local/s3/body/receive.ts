import { buffer } from "node:stream/consumers";
import type { RequestBody, S3Request } from "../protocol/request.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { ContentStore, Segment } from "../store/content-store.ts";
import {
  type BodyClaims,
  type ChecksumOf,
  claimedAlgorithms,
  type ProvedChecksum,
  proveClaims,
  readClaims,
} from "./body-claims.ts";
import type { ChecksumAlgorithm } from "./checksum-algorithms.ts";
import { entityTooLarge, Meter } from "./meter.ts";

/** The most that one PUT, POST, part or copy may hold: 5 GiB. */
export const largestUpload = 5 * 1024 ** 3;

/** A DeleteObjects of a thousand long keys is the largest document that S3 takes. */
const largestDocument = 4 * 1024 ** 2;

/** Bytes on disk that are what their sender said. */
export interface ReceivedContent extends Segment {
  readonly checksum: ProvedChecksum | undefined;
  /** For the algorithms that the receiver wanted. */
  digest(algorithm: ChecksumAlgorithm): Promise<Buffer>;
}

export interface ContentSource {
  readonly bytes: AsyncIterable<Buffer>;
  readonly claims: BodyClaims;
  readonly trailers: RequestBody["trailers"];
  /** In bytes; past it the source fails with EntityTooLarge. */
  readonly limit: number;
}

/** Streams a request's body to disk and holds it to its claims. */
export function receiveContent(
  request: S3Request,
  contents: ContentStore,
  wanted: readonly ChecksumAlgorithm[],
): Promise<ReceivedContent> {
  const claims = readClaims(request, "body");
  const { length, ...body } = request.openBody();
  if (length === undefined) throw new S3Error("MissingContentLength");
  if (length > largestUpload) throw entityTooLarge(length, largestUpload);
  return storeContent({ ...body, claims, limit: largestUpload }, contents, wanted);
}

/** Streams bytes to disk; nothing is left there when they break a claim. `wanted` are the digests to take on the way. */
export async function storeContent(
  { bytes, claims, trailers, limit }: ContentSource,
  contents: ContentStore,
  wanted: readonly ChecksumAlgorithm[],
): Promise<ReceivedContent> {
  const meter = new Meter([...claimedAlgorithms(claims), ...wanted], limit);
  const contentId = await contents.write(meter.measure(bytes));
  try {
    const checksum = await proveClaims(claims, meter, trailers);
    return { contentId, size: meter.size, checksum, digest: (algorithm) => meter.digest(algorithm) };
  } catch (error) {
    await contents.discard(contentId);
    throw error;
  }
}

/** Takes a small body whole, such as an XML document, and holds it to its claims. */
export async function receiveDocument(request: S3Request, checksumOf: ChecksumOf = "body"): Promise<Buffer> {
  const claims = readClaims(request, checksumOf);
  const body = request.openBody();
  const meter = new Meter(claimedAlgorithms(claims), largestDocument);
  const document = await buffer(meter.measure(body.bytes));
  await proveClaims(claims, meter, body.trailers);
  return document;
}

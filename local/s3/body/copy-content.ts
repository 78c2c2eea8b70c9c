import type { ByteRange } from "../store/content-store.ts";
import type { StoredObject } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { ChecksumAlgorithm } from "./checksum-algorithms.ts";
import { entityTooLarge } from "./meter.ts";
import { largestUpload, type ReceivedContent, storeContent } from "./receive.ts";

/** Copies a range of an object into a file of its own, with a checksum of the algorithm when one is asked for. */
export async function copyContent(
  { contents }: Store,
  { facts }: StoredObject,
  range: ByteRange,
  algorithm: ChecksumAlgorithm | undefined,
  wanted: readonly ChecksumAlgorithm[],
): Promise<ReceivedContent> {
  const size = range.last - range.first + 1;
  if (size > largestUpload) throw entityTooLarge(size, largestUpload);
  const bytes = contents.read(facts.segments, range);
  const claims = { sha256: undefined, contentMd5: undefined, checksum: undefined };
  const source = { bytes, claims, trailers: new Map(), limit: size };
  const content = await storeContent(source, contents, algorithm ? [...wanted, algorithm] : wanted);
  if (!algorithm) return content;
  const digest = await content.digest(algorithm);
  return { ...content, checksum: { algorithm, value: digest.toString("base64") } };
}

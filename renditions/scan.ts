import { GetObjectTaggingCommand, type S3Client } from "@aws-sdk/client-s3";
import type { OpenedObject, Scan, ScanVerdict } from "./ports.ts";
import { RejectedUploadError } from "./rejected-upload-error.ts";

/** The tag by which GuardDuty Malware Protection for S3 says what it found; a scanner of one's own sets the same. */
export const scanTag = "GuardDutyMalwareScanStatus";

const verdicts: Readonly<Record<string, ScanVerdict>> = {
  NO_THREATS_FOUND: "clean",
  THREATS_FOUND: "infected",
  UNSUPPORTED: "unscannable",
};

/** Nothing is wrong but the time: the scanner has not come to the upload yet. */
export class NotScannedYetError extends Error {
  constructor(key: string) {
    super(`${key} has no tag ${scanTag} yet`);
  }
}

/** For a stack without a scanner. */
export const noScan: Scan = async () => "clean";

/**
 * Reads the verdict from the tags of the very version that was opened. Rejects when the scanner says that it has failed
 * (`FAILED`, `ACCESS_DENIED`) or something unknown: what nobody has vouched for is not let through.
 */
export function createTagScan({ client, bucket: Bucket }: { client: S3Client; bucket: string }): Scan {
  return async ({ key: Key, versionId: VersionId }) => {
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }));
    const value = TagSet.find((tag) => tag.Key === scanTag)?.Value;
    if (value === undefined) return "pending";
    const verdict = Object.hasOwn(verdicts, value) ? verdicts[value] : undefined;
    if (!verdict) throw new Error(`The scan of ${Key} came to no result: ${scanTag} is ${value}`);
    return verdict;
  };
}

/** Throws NotScannedYetError, or RejectedUploadError for what the scanner would not let through. */
export async function requireClean(source: OpenedObject, scan: Scan): Promise<void> {
  const verdict = await scan(source);
  if (verdict === "pending") throw new NotScannedYetError(source.key);
  if (verdict === "infected") throw new RejectedUploadError("malware");
  if (verdict === "unscannable") throw new RejectedUploadError("unscannable");
}

import { createHash } from "node:crypto";
import { checksumAlgorithms } from "../body/checksum-algorithms.ts";
import { combineCrcs, isCombinable } from "../body/crc-combine.ts";
import { entityTooLarge } from "../body/meter.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { Checksum, ObjectFacts, Part, UploadFacts } from "../store/records.ts";
import type { NumberedPart } from "../store/upload-store.ts";
import type { ListedPart } from "./part-list.ts";

const smallestPart = 5 * 1024 ** 2;
const largestObject = 50 * 1024 ** 4;

/** What the listed parts make, laid end to end; throws InvalidPart, EntityTooSmall, EntityTooLarge and InvalidRequest. */
export async function assembleParts(
  { initiator: _, checksum, ...description }: UploadFacts,
  uploaded: readonly NumberedPart[],
  list: readonly ListedPart[],
): Promise<ObjectFacts> {
  const byNumber = new Map(uploaded.map(({ number, part }) => [number, part]));
  const parts = list.map((listed) => matchPart(listed, byNumber.get(listed.number), checksum));
  checkSizes(parts, list);
  return {
    ...description,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: `${md5OfEtags(parts)}-${parts.length}`,
    ...(checksum && { checksum: await combineChecksums(checksum, parts) }),
    segments: parts.map(({ contentId, size, checksum }) => ({ contentId, size, ...(checksum && { checksum }) })),
    multipart: true,
  };
}

function matchPart(listed: ListedPart, part: Part | undefined, upload: UploadFacts["checksum"]): Part {
  const { number, etag, checksum } = listed;
  const isWrong = part?.etag !== etag || (checksum !== undefined && checksum !== part.checksum?.value);
  if (!part || isWrong) throw new S3Error("InvalidPart", { details: { PartNumber: String(number), ETag: etag } });
  if (upload?.type === "COMPOSITE" && checksum === undefined) {
    throw new S3Error("InvalidRequest", {
      message:
        `The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must include the ` +
        `checksum for each part. It was missing for part ${number} in the request.`,
    });
  }
  return part;
}

function checkSizes(parts: readonly Part[], list: readonly ListedPart[]): void {
  const small = parts.findIndex(({ size }, index) => size < smallestPart && index < parts.length - 1);
  if (small !== -1) {
    throw new S3Error("EntityTooSmall", {
      details: {
        ProposedSize: String(parts[small]?.size),
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(list[small]?.number),
        ETag: String(list[small]?.etag),
      },
    });
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > largestObject) throw entityTooLarge(size, largestObject);
}

function md5OfEtags(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(etag, "hex");
  return hash.digest("hex");
}

async function combineChecksums(
  { algorithm, type }: NonNullable<UploadFacts["checksum"]>,
  parts: readonly Part[],
): Promise<Checksum> {
  const digests = parts.map(({ size, checksum }) => ({ crc: Buffer.from(checksum?.value ?? "", "base64"), size }));
  if (type === "FULL_OBJECT" && isCombinable(algorithm)) {
    return { algorithm, type, value: combineCrcs(algorithm, digests).toString("base64") };
  }
  const digest = checksumAlgorithms[algorithm].create();
  for (const { crc } of digests) digest.update(crc);
  return { algorithm, type, value: `${(await digest.digest()).toString("base64")}-${parts.length}` };
}

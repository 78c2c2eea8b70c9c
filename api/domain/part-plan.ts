import type { Photo } from "./photo.ts";

/** S3 takes smaller parts only at the end of an upload, and no more than so many. */
const smallestPartBytes = 5 * 1024 ** 2;
const mostParts = 10_000;

/** What an app says, or S3, of a part that has arrived; the ETag without its quotes. */
export interface Part {
  readonly partNumber: number;
  readonly etag: string;
}

/** Size in bytes. */
export interface UploadedPart extends Part {
  readonly size: number;
  /** Base64, where S3 held the part to it. */
  readonly sha256?: string;
}

/** The length of every part but the last: the smallest that S3 allows, which is also how stock clients cut their files. */
export function partSizeFor(size: number): number {
  return Math.max(smallestPartBytes, Math.ceil(size / mostParts));
}

export function partCountOf(size: number, partSize: number): number {
  return Math.max(1, Math.ceil(size / partSize));
}

/** The one length that a part may have; undefined for a number outside the plan. Numbers begin at 1. */
export function partLength(size: number, partSize: number, partNumber: number): number | undefined {
  const start = (partNumber - 1) * partSize;
  return Number.isInteger(partNumber) && start >= 0 && start < size ? Math.min(partSize, size - start) : undefined;
}

export type PlannedPhoto = Pick<Photo, "size" | "unsized"> & Required<Pick<Photo, "multipart">>;

/** What is wrong with a list of parts that is said to make up a photo, in words for whoever sent it; undefined when nothing is. */
export function faultOf(
  { size, unsized, multipart }: PlannedPhoto,
  told: readonly Part[],
  stored: readonly UploadedPart[],
): string | undefined {
  const misplaced = told.findIndex(({ partNumber }, index) => partNumber !== index + 1);
  if (misplaced !== -1) {
    return `Part ${told[misplaced]?.partNumber} stands where part ${misplaced + 1} belongs; list every part once, by number`;
  }
  const count = unsized ? stored.length : partCountOf(size, multipart.partSize);
  if (told.length !== count) return `The upload has ${count} parts; ${told.length} were listed`;
  const arrived = new Map(stored.map((part) => [part.partNumber, part]));
  for (const { partNumber, etag } of told) {
    const part = arrived.get(partNumber);
    if (!part) return `Part ${partNumber} has not arrived; send it first`;
    if (part.etag !== etag) return `Part ${partNumber} has another ETag; the one that arrived last counts`;
    const length = unsized ? part.size : partLength(size, multipart.partSize, partNumber);
    if (part.size !== length) return `Part ${partNumber} has ${part.size} bytes and should have ${length}`;
  }
  const bytes = bytesOf(stored);
  return bytes > size ? `The parts have ${bytes} bytes, and the reservation is for ${size} at most` : undefined;
}

export function bytesOf(parts: readonly UploadedPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type S3Client,
  type Part as S3Part,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { DependencyUnavailableError, PartsMismatchError } from "../domain/errors.ts";
import type { UploadedPart } from "../domain/part-plan.ts";
import type { MultipartUploads } from "../domain/ports/multipart.ts";

export interface S3MultipartOptions {
  /** It must calculate checksums only where S3 asks for one, or S3 would ask for one of every part. */
  readonly client: S3Client;
  readonly bucket: string;
}

/** S3's own words for parts that do not make up the object. */
const mismatches = new Set(["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest"]);

export function createS3MultipartUploads({ client, bucket: Bucket }: S3MultipartOptions): MultipartUploads {
  return {
    async begin({ key: Key, contentType: ContentType, hashed }) {
      // S3 has no SHA-256 of a whole that it gets in parts: only of each part, and one of those.
      const hashes = hashed ? ({ ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" } as const) : {};
      const command = new CreateMultipartUploadCommand({ Bucket, Key, ContentType, ...hashes });
      const { UploadId } = await guard(client.send(command));
      if (UploadId === undefined) throw new TypeError("S3 began a multipart upload without saying its id");
      return UploadId;
    },

    async list({ key: Key, uploadId: UploadId }) {
      const parts: UploadedPart[] = [];
      try {
        // Not the SDK's paginator: it goes by the marker, which S3 sends with the last page too, and would never end.
        for (let marker: string | undefined, more = true; more; ) {
          const page = await client.send(new ListPartsCommand({ Bucket, Key, UploadId, PartNumberMarker: marker }));
          parts.push(...(page.Parts ?? []).map(parsePart));
          marker = page.NextPartNumberMarker;
          more = page.IsTruncated === true;
        }
        return parts;
      } catch (error) {
        if (isCode(error, "NoSuchUpload")) return undefined;
        throw explain(error);
      }
    },

    async complete({ key: Key, uploadId: UploadId }, parts, size) {
      const Parts = parts.map(({ partNumber, etag, sha256 }) => ({
        PartNumber: partNumber,
        ETag: `"${etag}"`,
        ...(sha256 !== undefined && { ChecksumSHA256: sha256 }),
      }));
      const pinned = { MultipartUpload: { Parts }, MpuObjectSize: size, IfNoneMatch: "*" };
      try {
        await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, ...pinned }));
        return true;
      } catch (error) {
        if (isCode(error, "NoSuchUpload", "PreconditionFailed")) return false;
        if (error instanceof S3ServiceException && mismatches.has(error.name)) {
          throw new PartsMismatchError(`S3 found that ${error.message}`);
        }
        throw explain(error);
      }
    },

    async abort({ key: Key, uploadId: UploadId }) {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      } catch (error) {
        if (!isCode(error, "NoSuchUpload")) throw explain(error);
      }
    },
  };
}

function parsePart({ PartNumber, ETag, Size, ChecksumSHA256 }: S3Part): UploadedPart {
  if (PartNumber === undefined || ETag === undefined || Size === undefined) {
    throw new TypeError("S3 listed a part without its number, its ETag or its size");
  }
  const part = { partNumber: PartNumber, etag: ETag.replaceAll('"', ""), size: Size };
  return ChecksumSHA256 === undefined ? part : { ...part, sha256: ChecksumSHA256 };
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof S3ServiceException && codes.includes(error.name);
}

async function guard<T>(sent: Promise<T>): Promise<T> {
  return sent.catch((error: unknown) => {
    throw explain(error);
  });
}

/** Conflicts of two requests at the same time, and throttling, look like refusals and pass like failures of S3's own. */
const passing = new Set(["ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown"]);

function explain(error: unknown): unknown {
  const refused = error instanceof S3ServiceException && error.$fault === "client" && !passing.has(error.name);
  return refused || error instanceof TypeError ? error : new DependencyUnavailableError("s3", { cause: error });
}

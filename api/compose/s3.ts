import { S3Client } from "@aws-sdk/client-s3";
import { resolveBucketAddress } from "../adapters/s3-bucket-address.ts";
import { createS3MultipartUploads } from "../adapters/s3-multipart.ts";
import { createS3Presigner } from "../adapters/s3-presigner.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Adapters } from "./adapters.ts";
import type { ClientSettings } from "./client-settings.ts";

export interface S3Options {
  readonly aws: ClientSettings;
  readonly bucket: string;
  /** Whether presigned URLs lead to the nearest edge. */
  readonly accelerated: boolean;
  readonly now: Clock;
}

/** What talks to S3, and what signs for others to. */
export async function createS3Adapters(options: S3Options): Promise<Pick<Adapters, "presigner" | "uploads">> {
  const { aws, bucket, accelerated, now } = options;
  const client = new S3Client({
    ...aws,
    // S3 takes its time to put thousands of parts together.
    requestHandler: { ...aws.requestHandler, requestTimeout: 20_000 },
    // Otherwise S3 would be told that every part of a multipart upload comes with a checksum.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  return {
    presigner: createS3Presigner({
      // Ours are short calls from within the region: the way round by an edge is for apps and their bytes.
      bucket: await resolveBucketAddress(new S3Client({ ...aws, useAccelerateEndpoint: accelerated }), bucket),
      credentials: client.config.credentials,
      now,
    }),
    uploads: createS3MultipartUploads({ client, bucket }),
  };
}

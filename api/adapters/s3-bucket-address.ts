import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

/** How a bucket is addressed: virtual-hosted on AWS, by path on an endpoint that is an IP address. */
export interface BucketAddress {
  readonly name: string;
  readonly origin: string;
  readonly host: string;
  /** Empty or `/bucket`. */
  readonly path: string;
  /** The region of the signature's scope. */
  readonly region: string;
}

/**
 * Lets the client sign one request and reads the address off it, so that everything that AWS's standard settings can say
 * about endpoints (`AWS_ENDPOINT_URL_S3`, dual stack, FIPS, acceleration, path style) holds for our presigner too.
 */
export async function resolveBucketAddress(client: S3Client, bucket: string): Promise<BucketAddress> {
  const { origin, host, pathname, searchParams } = new URL(
    await getSignedUrl(client, new HeadObjectCommand({ Bucket: bucket, Key: "key" })),
  );
  const region = searchParams.get("X-Amz-Credential")?.split("/")[2];
  if (!region)
    throw new Error(`The S3 client does not sign for one region, so requests to ${bucket} can't be presigned`);
  return { name: bucket, origin, host, path: pathname.slice(0, -"/key".length), region };
}

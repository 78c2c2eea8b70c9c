import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "./encryption-key.ts";
import { declarePrivateBucket, ownEncryption } from "./private-bucket.ts";

export interface MediaBucketArgs {
  key: EncryptionKey;
  /** `kms` encrypts under the key, `s3` under S3's own keys, which costs nothing and asks nobody. */
  bucketEncryption: "kms" | "s3";
  /** Origins whose browsers may upload. */
  webOrigins: readonly string[];
  /** Days that an upload in parts may take. */
  multipartDays: number;
  /** Whether clients may upload by way of the nearest edge. */
  transferAcceleration: boolean;
  /** Days that deleted and overwritten objects are kept. */
  versionRetentionDays: number;
  protectData: boolean;
}

/**
 * The private bucket of uploads, originals and renditions. Its policy is MediaDistribution's, because it names the
 * distribution, which needs the bucket first.
 */
export class MediaBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly regionalDomainName: pulumi.Output<string>;
  /** What its objects lie under; undefined for S3's own keys. */
  readonly key: EncryptionKey | undefined;

  constructor(name: string, args: MediaBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:media:MediaBucket", name, {}, opts);
    const child = { parent: this };

    this.key = args.bucketEncryption === "kms" ? args.key : undefined;
    const { bucket, ownership } = declarePrivateBucket(
      name,
      { encryption: encryptionRule(this.key), lifecycle: lifecycleRules(args), protectData: args.protectData },
      child,
    );
    if (args.webOrigins.length > 0) {
      new aws.s3.BucketCorsConfiguration(
        `${name}-cors`,
        { bucket: bucket.id, corsRules: [corsRule(args.webOrigins)] },
        child,
      );
    }

    if (args.transferAcceleration) {
      new aws.s3.BucketAccelerateConfiguration(`${name}-acceleration`, { bucket: bucket.id, status: "Enabled" }, child);
    }

    // Whoever writes to the bucket waits until it is closed to the public.
    this.bucketName = pulumi.all([bucket.id, ownership.id]).apply(([id]) => id);
    this.arn = bucket.arn;
    this.regionalDomainName = bucket.bucketRegionalDomainName;
    this.registerOutputs({
      bucketName: this.bucketName,
      arn: this.arn,
      regionalDomainName: this.regionalDomainName,
    });
  }
}

/** With a bucket key S3 asks KMS once in a while, and not for every object. */
function encryptionRule(key: EncryptionKey | undefined): typeof ownEncryption {
  if (!key) return ownEncryption;
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
    bucketKeyEnabled: true,
  };
}

function lifecycleRules({
  multipartDays,
  versionRetentionDays,
}: MediaBucketArgs): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  return [
    {
      id: "abort-abandoned-multipart-uploads",
      status: "Enabled",
      filter: { prefix: "" },
      // S3 counts from the midnight that follows, so that never a part goes before its reservation has lapsed.
      abortIncompleteMultipartUpload: { daysAfterInitiation: multipartDays },
    },
    {
      // A poison upload must outlive its stay in the dead-letter queue, or there is nothing left to redrive; and S3 dates
      // what came in parts from the day that the first of them could come.
      id: "expire-abandoned-uploads",
      status: "Enabled",
      filter: { prefix: "uploads/" },
      expiration: { days: 14 + multipartDays },
      noncurrentVersionExpiration: { noncurrentDays: 1 },
    },
    ...["media/", "originals/"].map((prefix) => ({
      id: `expire-old-versions-of-${prefix.slice(0, -1)}`,
      status: "Enabled",
      filter: { prefix },
      // With the last version goes its delete marker, or listings slow down with the years.
      expiration: { expiredObjectDeleteMarker: true },
      noncurrentVersionExpiration: { noncurrentDays: versionRetentionDays },
    })),
  ];
}

function corsRule(webOrigins: readonly string[]): aws.types.input.s3.BucketCorsConfigurationCorsRule {
  return {
    allowedOrigins: [...webOrigins],
    allowedMethods: ["PUT", "POST", "GET", "HEAD", "DELETE"],
    allowedHeaders: ["*"],
    // Upload clients read the ETag of every part, and hang without it.
    exposeHeaders: ["ETag", "Location"],
    maxAgeSeconds: 3600,
  };
}

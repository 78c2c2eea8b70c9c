import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { logBucketPolicy, trailLogPolicy } from "../policies/audit-trail.ts";
import { trustTrail } from "../policies/trust.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";
import { declarePrivateBucket, ownEncryption } from "./private-bucket.ts";
import { ServiceRole } from "./service-role.ts";

export interface AuditTrailArgs {
  account: Account;
  key: EncryptionKey;
  /** Whose every read and write is on the record. */
  bucket: MediaBucket;
  boundaryArn: pulumi.Input<string>;
  protectData: boolean;
  logRetentionDays: number;
}

/**
 * Who did what in the account, and with each object of the media bucket. The trail's name is fixed, because the policies that
 * let it write must name it before it exists.
 */
export class AuditTrail extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly logBucketName: pulumi.Output<string>;
  readonly logBucketArn: pulumi.Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:security:AuditTrail", name, {}, opts);
    const child = { parent: this };
    const { account, bucket: media, key, logRetentionDays } = args;
    const trailName = `${name}-${pulumi.getStack()}`;
    const trailArn = pulumi.interpolate`arn:${account.partition}:cloudtrail:${account.region}:${account.id}:trail/${trailName}`;

    const { bucket, policy } = logBucket(`${name}-logs`, { ...args, trailArn }, child);
    new aws.s3.BucketLogging(
      `${name}-access`,
      { bucket: media.bucketName, targetBucket: bucket.id, targetPrefix: "access/" },
      { parent: this, dependsOn: policy },
    );

    const logs = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { retentionInDays: logRetentionDays, kmsKeyId: key.arn },
      child,
    );
    const role = new ServiceRole(
      `${name}-role`,
      {
        trust: trailArn.apply(trustTrail),
        policy: pulumi.jsonStringify(logs.arn.apply(trailLogPolicy)),
        boundaryArn: args.boundaryArn,
      },
      child,
    );
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: trailName,
        s3BucketName: bucket.id,
        s3KeyPrefix: "trail",
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        kmsKeyId: key.arn,
        cloudWatchLogsGroupArn: pulumi.interpolate`${logs.arn}:*`,
        cloudWatchLogsRoleArn: role.arn,
        advancedEventSelectors: [
          { name: "Management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
          {
            name: "Objects",
            fieldSelectors: [
              { field: "eventCategory", equals: ["Data"] },
              { field: "resources.type", equals: ["AWS::S3::Object"] },
              { field: "resources.ARN", startsWiths: [pulumi.interpolate`${media.arn}/`] },
            ],
          },
        ],
      },
      { parent: this, dependsOn: policy },
    );

    this.arn = trail.arn;
    this.logBucketName = bucket.id;
    this.logBucketArn = bucket.arn;
    this.registerOutputs({ logBucketName: this.logBucketName });
  }
}

/** Under S3's own keys: S3 delivers access logs under no other. What the trail writes lies under the stack's key all the same. */
function logBucket(
  name: string,
  args: AuditTrailArgs & { trailArn: pulumi.Output<string> },
  child: pulumi.ComponentResourceOptions,
) {
  const { bucket, ownership } = declarePrivateBucket(
    name,
    {
      encryption: ownEncryption,
      lifecycle: [
        {
          id: "expire-logs",
          status: "Enabled",
          filter: { prefix: "" },
          expiration: { days: args.logRetentionDays },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
      protectData: args.protectData,
    },
    child,
  );
  const policy = new aws.s3.BucketPolicy(
    `${name}-policy`,
    {
      bucket: bucket.id,
      policy: pulumi.jsonStringify(
        pulumi
          .output({
            logBucketArn: bucket.arn,
            mediaBucketArn: args.bucket.arn,
            trailArn: args.trailArn,
            accountId: args.account.id,
          })
          .apply(logBucketPolicy),
      ),
    },
    { ...child, dependsOn: ownership },
  );
  return { bucket, policy };
}

import type { Bucket } from "../buckets/bucket.ts";
import type { BucketExchange } from "../exchange.ts";
import type { BucketOperation } from "../operation.ts";
import { xmlResponse } from "../protocol/response.ts";
import { type S3Code, S3Error } from "../protocol/s3-error.ts";
import { renderTagSet } from "../protocol/tags.ts";
import type { XmlContent } from "../protocol/xml.ts";
import { corsRule, lifecycleRule, ownerHasAll } from "./render-settings.ts";

/** An operation that only reads out what is set on a bucket. */
function setting(
  name: string,
  action: string,
  root: string,
  content: (bucket: Bucket, exchange: BucketExchange) => XmlContent,
): BucketOperation {
  const run = async (exchange: BucketExchange) => xmlResponse(root, content(exchange.bucket, exchange));
  return { name, on: "bucket", action, run };
}

/** A setting that no bucket has here. */
function unset(name: string, action: string, code: S3Code): BucketOperation {
  const run = async () => Promise.reject(new S3Error(code));
  return { name, on: "bucket", action, run };
}

export const headBucket: BucketOperation = {
  name: "HeadBucket",
  on: "bucket",
  action: "s3:ListBucket",
  run: async ({ recording }) => ({ status: 200, headers: { "x-amz-bucket-region": recording.region } }),
};

export const getBucketLocation = setting(
  "GetBucketLocation",
  "s3:GetBucketLocation",
  "LocationConstraint",
  // S3's oldest region has no name here.
  (_, { recording: { region } }) => (region === "us-east-1" ? "" : region),
);

export const getBucketVersioning = setting(
  "GetBucketVersioning",
  "s3:GetBucketVersioning",
  "VersioningConfiguration",
  ({ versioning }) => (versioning === "Off" ? {} : { Status: versioning }),
);

export const getBucketAcl = setting("GetBucketAcl", "s3:GetBucketAcl", "AccessControlPolicy", (_, { recording }) =>
  ownerHasAll(recording),
);

export const getBucketCors = setting("GetBucketCors", "s3:GetBucketCORS", "CORSConfiguration", ({ cors }) => {
  if (cors.length === 0) throw new S3Error("NoSuchCORSConfiguration");
  return { CORSRule: cors.map(corsRule) };
});

export const getBucketLifecycle = setting(
  "GetBucketLifecycleConfiguration",
  "s3:GetLifecycleConfiguration",
  "LifecycleConfiguration",
  ({ lifecycle }) => {
    if (lifecycle.length === 0) throw new S3Error("NoSuchLifecycleConfiguration");
    return { Rule: lifecycle.map(lifecycleRule) };
  },
);

export const getBucketEncryption = setting(
  "GetBucketEncryption",
  "s3:GetEncryptionConfiguration",
  "ServerSideEncryptionConfiguration",
  ({ encryption: { algorithm, kmsKeyId, bucketKey } }) => ({
    Rule: {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: kmsKeyId },
      BucketKeyEnabled: bucketKey,
    },
  }),
);

export const getPublicAccessBlock = setting(
  "GetPublicAccessBlock",
  "s3:GetBucketPublicAccessBlock",
  "PublicAccessBlockConfiguration",
  ({ publicAccessBlock: block }) => ({
    BlockPublicAcls: block.blockPublicAcls,
    IgnorePublicAcls: block.ignorePublicAcls,
    BlockPublicPolicy: block.blockPublicPolicy,
    RestrictPublicBuckets: block.restrictPublicBuckets,
  }),
);

export const getBucketOwnershipControls = setting(
  "GetBucketOwnershipControls",
  "s3:GetBucketOwnershipControls",
  "OwnershipControls",
  ({ ownership }) => ({ Rule: { ObjectOwnership: ownership } }),
);

export const getBucketNotification = setting(
  "GetBucketNotificationConfiguration",
  "s3:GetBucketNotification",
  "NotificationConfiguration",
  ({ queues }) => ({
    QueueConfiguration: queues.map(({ id, queueArn, events, prefix, suffix }) => ({
      Id: id,
      Queue: queueArn,
      Event: events,
      Filter: {
        S3Key: {
          FilterRule: [
            { Name: "Prefix", Value: prefix },
            { Name: "Suffix", Value: suffix },
          ],
        },
      },
    })),
  }),
);

export const getBucketTagging = setting("GetBucketTagging", "s3:GetBucketTagging", "Tagging", ({ tags }) => {
  if (Object.keys(tags).length === 0) throw new S3Error("NoSuchTagSet");
  return { TagSet: renderTagSet(tags) };
});

export const getBucketRequestPayment = setting(
  "GetBucketRequestPayment",
  "s3:GetBucketRequestPayment",
  "RequestPaymentConfiguration",
  () => ({ Payer: "BucketOwner" }),
);

export const getBucketPolicy: BucketOperation = {
  name: "GetBucketPolicy",
  on: "bucket",
  action: "s3:GetBucketPolicy",
  async run({ bucket }) {
    if (!bucket.policy) throw new S3Error("NoSuchBucketPolicy", { details: { BucketName: bucket.name } });
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(bucket.policy) };
  },
};

export const getBucketWebsite = unset("GetBucketWebsite", "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration");

export const getBucketReplication = unset(
  "GetBucketReplication",
  "s3:GetReplicationConfiguration",
  "ReplicationConfigurationNotFoundError",
);

export const getObjectLockConfiguration = unset(
  "GetObjectLockConfiguration",
  "s3:GetBucketObjectLockConfiguration",
  "ObjectLockConfigurationNotFoundError",
);

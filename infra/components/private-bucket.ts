import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

type EncryptionRule = aws.types.input.s3.BucketServerSideEncryptionConfigurationRule;
type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

export interface PrivateBucketArgs {
  encryption: EncryptionRule;
  lifecycle: LifecycleRule[];
  protectData: boolean;
}

/** Under S3's own keys, which cost nothing and ask nobody. */
export const ownEncryption: EncryptionRule = { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };

/**
 * A bucket that is closed to the public, whose objects belong to the account, lie encrypted and keep their versions.
 * Whoever writes to it waits for `ownership`: by then it is closed.
 */
export function declarePrivateBucket(
  name: string,
  { encryption, lifecycle, protectData }: PrivateBucketArgs,
  child: pulumi.CustomResourceOptions,
) {
  const bucket = new aws.s3.Bucket(
    name,
    { forceDestroy: !protectData },
    { ...child, protect: protectData, retainOnDelete: protectData },
  );
  const accessBlock = new aws.s3.BucketPublicAccessBlock(
    `${name}-access-block`,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    child,
  );
  const ownership = new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
    // S3 takes one change of a bucket's access settings at a time and answers OperationAborted to a second.
    { ...child, dependsOn: accessBlock },
  );
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { bucket: bucket.id, rules: [encryption] },
    child,
  );
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
    child,
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    { bucket: bucket.id, rules: lifecycle },
    { ...child, dependsOn: versioning },
  );
  return { bucket, ownership };
}

import type { Static, TSchema } from "typebox";
import { parsePolicy } from "../../iam/parse-policy.ts";
import { parseInputs } from "../../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../../program/recording.ts";
import { type Bucket, type DefaultEncryption, type LifecycleRule, newBucket } from "./bucket.ts";
import * as inputs from "./bucket-inputs.ts";

/** The bucket that the program declares under a name, with its side resources; an Error names a resource that it cannot read. */
export function declaredBucket(recording: Recording, name: string, createdAt: () => Date): Bucket | undefined {
  const resource = declaredBuckets(recording).find((bucket) => bucket.id === name);
  if (!resource) return undefined;
  const defaults = newBucket(name, createdAt());
  const setting = <S extends TSchema>(type: string, schema: S): Static<S> | undefined => {
    const found = resourcesOf(recording, `aws:s3/${type}`).find((side) => belongsTo(side.inputs.bucket, resource));
    return found && parseInputs(schema, found);
  };
  const policy = setting("bucketPolicy:BucketPolicy", inputs.Policy)?.policy;
  const accessBlock = setting("bucketPublicAccessBlock:BucketPublicAccessBlock", inputs.AccessBlock);
  const versioning = setting("bucketVersioning:BucketVersioning", inputs.Versioning)?.versioningConfiguration.status;
  const encryption = setting(
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    inputs.Encryption,
  );
  return {
    ...defaults,
    declared: true,
    versioning: versioning === undefined || versioning === "Disabled" ? "Off" : versioning,
    policy: policy === undefined ? undefined : parsePolicy(policy, "resource"),
    publicAccessBlock: accessBlock
      ? {
          blockPublicAcls: accessBlock.blockPublicAcls ?? false,
          ignorePublicAcls: accessBlock.ignorePublicAcls ?? false,
          blockPublicPolicy: accessBlock.blockPublicPolicy ?? false,
          restrictPublicBuckets: accessBlock.restrictPublicBuckets ?? false,
        }
      : defaults.publicAccessBlock,
    ownership:
      setting("bucketOwnershipControls:BucketOwnershipControls", inputs.Ownership)?.rule.objectOwnership ??
      defaults.ownership,
    cors: (setting("bucketCorsConfiguration:BucketCorsConfiguration", inputs.Cors)?.corsRules ?? []).map((rule) => ({
      ...rule,
      allowedHeaders: rule.allowedHeaders ?? [],
      exposeHeaders: rule.exposeHeaders ?? [],
    })),
    encryption: encryption ? readEncryption(encryption) : defaults.encryption,
    lifecycle: (
      setting("bucketLifecycleConfiguration:BucketLifecycleConfiguration", inputs.Lifecycle)?.rules ?? []
    ).map(readRule),
    queues: (setting("bucketNotification:BucketNotification", inputs.Notification)?.queues ?? []).map(
      (queue, index) => ({
        id: queue.id ?? `queue-${index}`,
        queueArn: queue.queueArn,
        events: queue.events,
        prefix: queue.filterPrefix ?? "",
        suffix: queue.filterSuffix ?? "",
      }),
    ),
    tags: parseInputs(inputs.BucketInputs, resource).tags ?? {},
  };
}

export function declaredBuckets(recording: Recording): RecordedResource[] {
  return resourcesOf(recording, "aws:s3/bucket:Bucket");
}

function belongsTo(reference: unknown, bucket: RecordedResource): boolean {
  return reference === bucket.id || reference === bucket.outputs.arn;
}

function readEncryption({ rules: [rule] }: Static<typeof inputs.Encryption>): DefaultEncryption {
  const byDefault = rule?.applyServerSideEncryptionByDefault;
  return {
    algorithm: byDefault?.sseAlgorithm ?? "AES256",
    kmsKeyId: byDefault?.kmsMasterKeyId,
    bucketKey: rule?.bucketKeyEnabled ?? false,
  };
}

function readRule(rule: Static<typeof inputs.LifecycleRule>): LifecycleRule {
  const { filter = {}, expiration, noncurrentVersionExpiration } = rule;
  const { and = filter } = filter;
  return {
    id: rule.id,
    enabled: rule.status === "Enabled",
    filter: {
      prefix: and.prefix ?? rule.prefix ?? "",
      tags: filter.and?.tags ?? (filter.tag ? { [filter.tag.key]: filter.tag.value } : {}),
      sizeGreaterThan: and.objectSizeGreaterThan,
      sizeLessThan: and.objectSizeLessThan,
    },
    expireAfterDays: expiration?.days,
    expireOn: expiration?.date === undefined ? undefined : new Date(expiration.date),
    expireLoneDeleteMarkers: expiration?.expiredObjectDeleteMarker ?? false,
    expireNoncurrentAfterDays: noncurrentVersionExpiration?.noncurrentDays,
    keepNoncurrentVersions: noncurrentVersionExpiration?.newerNoncurrentVersions ?? 0,
    abortUploadsAfterDays: rule.abortIncompleteMultipartUpload?.daysAfterInitiation,
  };
}

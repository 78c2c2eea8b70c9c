import type { Static, TSchema } from "typebox";
import { parseInputs } from "../../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../../program/recording.ts";
import { policyOf } from "../../resource-policy.ts";
import {
  type Bucket,
  type CorsRule,
  type DefaultEncryption,
  type LifecycleRule,
  newBucket,
  type PublicAccessBlock,
  type QueueNotification,
} from "./bucket.ts";
import * as inputs from "./bucket-inputs.ts";

export function declaredBuckets(recording: Recording): RecordedResource[] {
  return resourcesOf(recording, "aws:s3/bucket:Bucket");
}

/** The bucket that the program declares under a name, with its side resources; an Error names a resource that it cannot read. */
export function declaredBucket(recording: Recording, name: string, createdAt: () => Date): Bucket | undefined {
  const resource = declaredBuckets(recording).find((bucket) => bucket.id === name);
  if (!resource) return undefined;
  const { tags } = parseInputs(inputs.Bucket, resource);
  const sideOf = (type: string) =>
    resourcesOf(recording, `aws:s3/${type}`).find(({ inputs }) => belongsTo(inputs.bucket, resource));
  /** What a side resource sets, read by `read`; what a new bucket has when there is none. */
  const setting = <S extends TSchema, T>(type: string, schema: S, otherwise: T, read: (set: Static<S>) => T): T => {
    const side = sideOf(type);
    return side ? read(parseInputs(schema, side)) : otherwise;
  };
  refuseAcceleration(sideOf("bucketAccelerateConfiguration:BucketAccelerateConfiguration"));
  const policy = sideOf("bucketPolicy:BucketPolicy");
  if (policy) parseInputs(inputs.Policy, policy);
  const defaults = newBucket(name, createdAt());
  return {
    ...defaults,
    declared: true,
    tags: tags ?? {},
    policy: policy && policyOf(policy),
    publicAccessBlock: setting(
      "bucketPublicAccessBlock:BucketPublicAccessBlock",
      inputs.PublicAccessBlock,
      defaults.publicAccessBlock,
      readPublicAccessBlock,
    ),
    ownership: setting(
      "bucketOwnershipControls:BucketOwnershipControls",
      inputs.OwnershipControls,
      defaults.ownership,
      ({ rule }) => rule.objectOwnership,
    ),
    versioning: setting(
      "bucketVersioning:BucketVersioning",
      inputs.Versioning,
      defaults.versioning,
      ({ versioningConfiguration: { status } }) => (status === "Disabled" ? "Off" : status),
    ),
    encryption: setting(
      "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      inputs.Encryption,
      defaults.encryption,
      readEncryption,
    ),
    cors: setting("bucketCorsConfiguration:BucketCorsConfiguration", inputs.Cors, defaults.cors, ({ corsRules }) =>
      corsRules.map(readCorsRule),
    ),
    lifecycle: setting(
      "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      inputs.Lifecycle,
      defaults.lifecycle,
      ({ rules }) => rules.map(readLifecycleRule),
    ),
    queues: setting("bucketNotification:BucketNotification", inputs.Notification, defaults.queues, ({ queues = [] }) =>
      queues.map(readQueue),
    ),
  };
}

/** Its URLs would lead away from this machine, and the bytes with them. */
function refuseAcceleration(resource: RecordedResource | undefined): void {
  if (!resource || resource.inputs.status === "Suspended") return;
  throw new Error(
    `${resource.type} ${resource.name}: S3 Transfer Acceleration is AWS's own network, which nothing on loopback can stand for; ` +
      "set transferAcceleration to false in the stack that you run here",
  );
}

function belongsTo(reference: unknown, bucket: RecordedResource): boolean {
  return reference === bucket.id || reference === bucket.outputs.arn;
}

/** What is not set on a block of its own is off, though a bucket without a block has everything on. */
function readPublicAccessBlock(block: Static<typeof inputs.PublicAccessBlock>): PublicAccessBlock {
  const { blockPublicAcls = false, ignorePublicAcls = false, blockPublicPolicy = false } = block;
  return {
    blockPublicAcls,
    ignorePublicAcls,
    blockPublicPolicy,
    restrictPublicBuckets: block.restrictPublicBuckets ?? false,
  };
}

function readEncryption({ rules: [rule] }: Static<typeof inputs.Encryption>): DefaultEncryption {
  const { sseAlgorithm = "AES256", kmsMasterKeyId } = rule?.applyServerSideEncryptionByDefault ?? {};
  return { algorithm: sseAlgorithm, kmsKeyId: kmsMasterKeyId, bucketKey: rule?.bucketKeyEnabled ?? false };
}

function readCorsRule({ allowedHeaders = [], exposeHeaders = [], ...rule }: Static<typeof inputs.CorsRule>): CorsRule {
  return { ...rule, allowedHeaders, exposeHeaders };
}

function readLifecycleRule(rule: Static<typeof inputs.LifecycleRule>): LifecycleRule {
  const { filter = {}, expiration, noncurrentVersionExpiration } = rule;
  const { prefix, objectSizeGreaterThan, objectSizeLessThan } = filter.and ?? filter;
  const tag = filter.tag && { [filter.tag.key]: filter.tag.value };
  return {
    id: rule.id,
    enabled: rule.status === "Enabled",
    filter: {
      prefix: prefix ?? rule.prefix ?? "",
      tags: filter.and?.tags ?? tag ?? {},
      sizeGreaterThan: objectSizeGreaterThan,
      sizeLessThan: objectSizeLessThan,
    },
    expireAfterDays: expiration?.days,
    expireOn: expiration?.date === undefined ? undefined : new Date(expiration.date),
    expireLoneDeleteMarkers: expiration?.expiredObjectDeleteMarker ?? false,
    expireNoncurrentAfterDays: noncurrentVersionExpiration?.noncurrentDays,
    keepNoncurrentVersions: noncurrentVersionExpiration?.newerNoncurrentVersions ?? 0,
    abortUploadsAfterDays: rule.abortIncompleteMultipartUpload?.daysAfterInitiation,
  };
}

function readQueue(queue: Static<typeof inputs.Queue>, index: number): QueueNotification {
  const { id = `queue-${index}`, queueArn, events, filterPrefix: prefix = "", filterSuffix: suffix = "" } = queue;
  return { id, queueArn, events, prefix, suffix };
}

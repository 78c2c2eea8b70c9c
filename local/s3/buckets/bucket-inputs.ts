import { type TProperties, Type } from "typebox";

/*
 * What the local S3 honours of the inputs of a bucket and of its side resources. A program that sets anything else is told
 * so at the start.
 */

const text = Type.Optional(Type.String());
const flag = Type.Optional(Type.Boolean());
const count = Type.Optional(Type.Number({ minimum: 0 }));
const texts = Type.Optional(Type.Array(Type.String()));
const tags = Type.Optional(Type.Record(Type.String(), Type.String()));

function only<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

export const Bucket = only({ bucket: text, bucketPrefix: text, forceDestroy: flag, tags });
const side = { bucket: Type.String() };
export const Policy = only({ ...side, policy: Type.Unknown() });

export const PublicAccessBlock = only({
  ...side,
  blockPublicAcls: flag,
  ignorePublicAcls: flag,
  blockPublicPolicy: flag,
  restrictPublicBuckets: flag,
});

export const Versioning = only({
  ...side,
  versioningConfiguration: only({ status: Type.Enum(["Enabled", "Suspended", "Disabled"]) }),
});

export const OwnershipControls = only({ ...side, rule: only({ objectOwnership: Type.String() }) });

export const CorsRule = only({
  id: text,
  allowedOrigins: Type.Array(Type.String()),
  allowedMethods: Type.Array(Type.String()),
  allowedHeaders: texts,
  exposeHeaders: texts,
  maxAgeSeconds: count,
});
export const Cors = only({ ...side, corsRules: Type.Array(CorsRule) });

const EncryptionRule = only({
  applyServerSideEncryptionByDefault: Type.Optional(
    only({ sseAlgorithm: Type.Enum(["AES256", "aws:kms"]), kmsMasterKeyId: text }),
  ),
  bucketKeyEnabled: flag,
});
export const Encryption = only({ ...side, rules: Type.Array(EncryptionRule, { minItems: 1, maxItems: 1 }) });

const sizes = { objectSizeGreaterThan: count, objectSizeLessThan: count };
export const LifecycleRule = only({
  id: Type.String(),
  status: Type.Enum(["Enabled", "Disabled"]),
  prefix: text,
  filter: Type.Optional(
    only({
      prefix: text,
      ...sizes,
      tag: Type.Optional(only({ key: Type.String(), value: Type.String() })),
      and: Type.Optional(only({ prefix: text, ...sizes, tags })),
    }),
  ),
  expiration: Type.Optional(only({ days: count, date: text, expiredObjectDeleteMarker: flag })),
  noncurrentVersionExpiration: Type.Optional(
    only({ noncurrentDays: Type.Number({ minimum: 1 }), newerNoncurrentVersions: count }),
  ),
  abortIncompleteMultipartUpload: Type.Optional(only({ daysAfterInitiation: count })),
});
export const Lifecycle = only({ ...side, rules: Type.Array(LifecycleRule) });

export const Queue = only({
  id: text,
  queueArn: Type.String(),
  events: Type.Array(Type.String()),
  filterPrefix: text,
  filterSuffix: text,
});
/** There is no EventBridge here, and so nobody who would hear by it. */
export const Notification = only({ ...side, eventbridge: flag, queues: Type.Optional(Type.Array(Queue)) });

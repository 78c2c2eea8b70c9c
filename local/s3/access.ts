import type { AccessRequest, Authorize, ConditionContext } from "../iam/types.ts";
import { findKmsKey } from "../kms/declared-keys.ts";
import { type KeyAction, keyQuestion } from "../kms/key-use.ts";
import type { Recording } from "../program/recording.ts";
import type { Bucket } from "./buckets/bucket.ts";
import { requestContext, type S3Request } from "./protocol/request.ts";
import { bucketArn, objectArn } from "./protocol/resource-names.ts";
import { S3Error } from "./protocol/s3-error.ts";
import type { Encryption } from "./store/records.ts";

export interface AccessOptions {
  readonly authorize: Authorize;
  readonly recording: Recording;
  readonly log: (line: string) => void;
  readonly request: S3Request;
  /** Whether the operation makes an object, as PutObject does and UploadPart does not. */
  readonly createsObject: boolean;
}

/** Asks, for one request, what its sender may do. */
export type Access = ReturnType<typeof createAccess>;

export function createAccess({ authorize, recording, log, request, createsObject }: AccessOptions) {
  const { principal } = request;
  const context = { ...requestContext(request), ...operationContext(request, createsObject) };

  function decide(question: Omit<AccessRequest, "principal" | "context">, more: ConditionContext): boolean {
    const decision = authorize({ ...question, principal, context: { ...context, ...more } });
    if (!decision.allowed) log(`s3 ${request.id} denied: ${decision.reason}`);
    return decision.allowed;
  }

  function allows(bucket: Bucket, action: string, resource: string, more: ConditionContext = {}): boolean {
    if (principal.kind === "anonymous" && isClosedToThePublic(bucket)) {
      log(`s3 ${request.id} denied: ${bucket.name} blocks public access, and the request is not signed`);
      return false;
    }
    return decide({ action, resource, resourcePolicy: bucket.policy }, more);
  }

  return {
    /** Whether the sender may, for operations that then do less. */
    mayUseBucket: (bucket: Bucket, action: string) => allows(bucket, action, bucketArn(bucket.name)),

    mayUseObject: (bucket: Bucket, key: string, action: string, more?: ConditionContext) =>
      allows(bucket, action, objectArn(bucket.name, key), more),

    /** Throws AccessDenied. */
    demandService(action: string): void {
      if (!decide({ action, resource: "*" }, {})) throw new S3Error("AccessDenied");
    },

    demandBucket(bucket: Bucket, action: string): void {
      if (!allows(bucket, action, bucketArn(bucket.name))) throw new S3Error("AccessDenied");
    },

    demandObject(bucket: Bucket, key: string, action: string, more?: ConditionContext): void {
      if (!allows(bucket, action, objectArn(bucket.name, key), more)) throw new S3Error("AccessDenied");
    },

    /** What S3 asks of KMS in its caller's name for an object under a customer's key; throws AccessDenied. */
    demandKey(action: KeyAction, bucket: Bucket, key: string, encryption: Encryption): void {
      if (encryption.algorithm !== "aws:kms" || encryption.keyArn === undefined) return;
      const kmsKey = findKmsKey(recording, encryption.keyArn);
      if (!kmsKey) throw kmsKeyNotFound(encryption.keyArn);
      const about = encryption.bucketKey ? bucketArn(bucket.name) : objectArn(bucket.name, key);
      const encryptionContext = { "aws:s3:arn": about };
      const { context, ...question } = keyQuestion(recording, kmsKey, { action, service: "s3", encryptionContext });
      if (!decide(question, context)) throw new S3Error("AccessDenied");
    },
  };
}

export function kmsKeyNotFound(reference: string): S3Error {
  return new S3Error("KMS.NotFoundException", { message: `Key '${reference}' does not exist` });
}

/** With either setting no bucket policy can reach everyone: S3 refuses to take one, or to heed it. */
function isClosedToThePublic({ publicAccessBlock }: Bucket): boolean {
  return publicAccessBlock.restrictPublicBuckets || publicAccessBlock.blockPublicPolicy;
}

const conditionHeaders = [
  "x-amz-acl",
  "x-amz-copy-source",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
  "if-match",
  "if-none-match",
];

/** The condition keys that tell what is asked for. A key stands for what the request says, never for a default. */
function operationContext({ headers, query }: S3Request, createsObject: boolean): ConditionContext {
  const tags = new URLSearchParams(headers["x-amz-tagging"] ?? "");
  return {
    ...Object.fromEntries(conditionHeaders.map((name) => [`s3:${name}`, headers[name]])),
    "s3:prefix": query.get("prefix") ?? undefined,
    "s3:delimiter": query.get("delimiter") ?? undefined,
    "s3:max-keys": query.get("max-keys") ?? undefined,
    "s3:VersionId": query.get("versionId") ?? undefined,
    "s3:ObjectCreationOperation": String(createsObject),
    ...tagContext("s3:RequestObjectTag", Object.fromEntries(tags)),
  };
}

/** `s3:RequestObjectTag/team`, or `s3:ExistingObjectTag/team`, for each tag. */
export function tagContext(
  key: "s3:RequestObjectTag" | "s3:ExistingObjectTag",
  tags: Readonly<Record<string, string>>,
): ConditionContext {
  const names = Object.keys(tags);
  return {
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value])),
    ...(key === "s3:RequestObjectTag" && names.length > 0 && { "s3:RequestObjectTagKeys": names }),
  };
}

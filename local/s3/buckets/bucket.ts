import type { PolicyDocument } from "../../iam/types.ts";

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export interface CorsRule {
  readonly id?: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number | undefined;
}

export interface DefaultEncryption {
  readonly algorithm: "AES256" | "aws:kms";
  /** As the program wrote it: a key's id, ARN or alias. Absent for SSE-S3 and for the account's `aws/s3` key. */
  readonly kmsKeyId?: string | undefined;
  readonly bucketKey: boolean;
}

export interface LifecycleFilter {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sizeGreaterThan?: number | undefined;
  readonly sizeLessThan?: number | undefined;
}

export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly filter: LifecycleFilter;
  readonly expireAfterDays?: number | undefined;
  readonly expireOn?: Date | undefined;
  readonly expireLoneDeleteMarkers: boolean;
  readonly expireNoncurrentAfterDays?: number | undefined;
  /** How many noncurrent versions are kept however old they are. */
  readonly keepNoncurrentVersions: number;
  readonly abortUploadsAfterDays?: number | undefined;
}

/** Where a bucket announces what happens in it. */
export interface QueueNotification {
  readonly id: string;
  readonly queueArn: string;
  /** `s3:ObjectCreated:*` */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export type Versioning = "Enabled" | "Suspended" | "Off";

/** A bucket with all that is set on it, S3's own defaults where nothing is. */
export interface Bucket {
  readonly name: string;
  readonly createdAt: Date;
  /** False for a scratch bucket, which an administrator made by hand. */
  readonly declared: boolean;
  readonly versioning: Versioning;
  readonly policy: PolicyDocument | undefined;
  readonly publicAccessBlock: PublicAccessBlock;
  readonly ownership: string;
  readonly cors: readonly CorsRule[];
  readonly encryption: DefaultEncryption;
  readonly lifecycle: readonly LifecycleRule[];
  readonly queues: readonly QueueNotification[];
  readonly tags: Readonly<Record<string, string>>;
}

const everythingBlocked: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

/** What S3 sets on every new bucket, but that it takes ACLs: older clients, rclone among them, send `private` unasked. */
export function scratchBucket(name: string, createdAt: Date): Bucket {
  return { ...newBucket(name, createdAt), ownership: "ObjectWriter" };
}

/** What S3 sets on every new bucket. */
export function newBucket(name: string, createdAt: Date): Bucket {
  return {
    name,
    createdAt,
    declared: false,
    versioning: "Off",
    policy: undefined,
    publicAccessBlock: everythingBlocked,
    ownership: "BucketOwnerEnforced",
    cors: [],
    encryption: { algorithm: "AES256", bucketKey: false },
    lifecycle: [],
    queues: [],
    tags: {},
  };
}

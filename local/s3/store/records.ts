import { type Static, Type } from "typebox";
import { checksumAlgorithmNames } from "../body/checksum-algorithms.ts";

const Texts = Type.Record(Type.String(), Type.String());

export const Checksum = Type.Object({
  algorithm: Type.Enum(checksumAlgorithmNames),
  /** Base64; a composite one of a multipart upload ends in `-` and the number of its parts. */
  value: Type.String(),
  type: Type.Enum(["FULL_OBJECT", "COMPOSITE"]),
});
export type Checksum = Static<typeof Checksum>;

export const Encryption = Type.Union([
  Type.Object({ algorithm: Type.Literal("AES256") }),
  Type.Object({
    algorithm: Type.Literal("aws:kms"),
    /** Absent for the account's own `aws/s3` key. */
    keyArn: Type.Optional(Type.String()),
    bucketKey: Type.Boolean(),
  }),
]);
export type Encryption = Static<typeof Encryption>;

/** What a client says of an object when it makes one. */
export const Description = Type.Object({
  /** `content-type`, `cache-control` and their like, answered as they were given. */
  headers: Texts,
  /** By names without `x-amz-meta-`. */
  metadata: Texts,
  tags: Texts,
  storageClass: Type.String(),
  encryption: Encryption,
});
export type Description = Static<typeof Description>;

export const Part = Type.Object({
  contentId: Type.String(),
  size: Type.Number(),
  etag: Type.String(),
  checksum: Type.Optional(Checksum),
  /** Milliseconds since 1970. */
  modifiedAt: Type.Number(),
});
export type Part = Static<typeof Part>;

export const ObjectFacts = Type.Object({
  ...Description.properties,
  size: Type.Number(),
  /** Without its quotes. */
  etag: Type.String(),
  checksum: Type.Optional(Checksum),
  segments: Type.Array(
    Type.Object({ contentId: Type.String(), size: Type.Number(), checksum: Type.Optional(Checksum) }),
  ),
  /** Whether `segments` are the parts of a multipart upload. */
  multipart: Type.Boolean(),
});
export type ObjectFacts = Static<typeof ObjectFacts>;

export const UploadFacts = Type.Object({
  ...Description.properties,
  checksum: Type.Optional(Type.Object({ algorithm: Checksum.properties.algorithm, type: Checksum.properties.type })),
  /** The ARN of who began it. */
  initiator: Type.String(),
});
export type UploadFacts = Static<typeof UploadFacts>;

export interface Version {
  readonly bucket: string;
  readonly key: string;
  /** `null` where the bucket was not versioned. */
  readonly versionId: string;
  /** Grows with everything that happens in any bucket. */
  readonly sequence: number;
  readonly latest: boolean;
  readonly modifiedAt: Date;
}

export interface StoredObject extends Version {
  readonly kind: "object";
  readonly facts: ObjectFacts;
}

export interface DeleteMarker extends Version {
  readonly kind: "delete-marker";
}

export type ObjectVersion = StoredObject | DeleteMarker;

/** A multipart upload that is under way. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: Date;
  readonly facts: UploadFacts;
}

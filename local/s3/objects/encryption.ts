import { findKmsKey } from "../../kms/declared-keys.ts";
import type { Recording } from "../../program/recording.ts";
import { kmsKeyNotFound } from "../access.ts";
import type { Bucket } from "../buckets/bucket.ts";
import type { S3Request } from "../protocol/request.ts";
import { invalidArgument, notImplemented, type S3Error } from "../protocol/s3-error.ts";
import type { Encryption } from "../store/records.ts";

type Headers = S3Request["headers"];

const prefix = "x-amz-server-side-encryption";
const keyIdHeader = `${prefix}-aws-kms-key-id`;
const bucketKeyHeader = `${prefix}-bucket-key-enabled`;

/** How a new object is encrypted: as its headers ask, or as the bucket has it by default. Nothing is encrypted on disk here. */
export function chooseEncryption(headers: Headers, bucket: Bucket, recording: Recording): Encryption {
  if (headers[`${prefix}-customer-algorithm`] !== undefined)
    throw notImplemented("Encryption with a customer's key (SSE-C)");
  if (headers[`${prefix}-context`] !== undefined) throw notImplemented("An encryption context of the client's own");
  const { [prefix]: algorithm, [keyIdHeader]: keyId, [bucketKeyHeader]: bucketKeyAsked } = headers;
  const bucketKey = bucketKeyAsked === undefined ? bucket.encryption.bucketKey : bucketKeyAsked === "true";
  switch (algorithm) {
    case undefined:
      if (keyId !== undefined) throw missingAlgorithm(keyId);
      return bucket.encryption.algorithm === "AES256"
        ? { algorithm: "AES256" }
        : withKmsKey(recording, bucket.encryption.kmsKeyId, bucketKey);
    case "AES256":
      if (keyId !== undefined) throw missingAlgorithm(keyId);
      return { algorithm };
    case "aws:kms":
      return withKmsKey(recording, keyId, bucketKey);
    case "aws:kms:dsse":
      throw notImplemented("Dual-layer encryption (aws:kms:dsse)");
    default:
      throw invalidArgument(prefix, algorithm, "The encryption method specified is not supported");
  }
}

/** The headers that tell how an object is encrypted. */
export function encryptionHeaders(encryption: Encryption): Record<string, string> {
  if (encryption.algorithm === "AES256") return { [prefix]: "AES256" };
  return {
    [prefix]: encryption.algorithm,
    ...(encryption.keyArn !== undefined && { [keyIdHeader]: encryption.keyArn }),
    ...(encryption.bucketKey && { [bucketKeyHeader]: "true" }),
  };
}

/** S3 gives an object under a KMS key an entity tag that says nothing of its bytes. */
export function hasOpaqueEtag({ algorithm }: Encryption): boolean {
  return algorithm === "aws:kms";
}

function withKmsKey(recording: Recording, reference: string | undefined, bucketKey: boolean): Encryption {
  if (reference === undefined) return { algorithm: "aws:kms", bucketKey };
  const key = findKmsKey(recording, reference);
  if (!key) throw kmsKeyNotFound(reference);
  return { algorithm: "aws:kms", keyArn: key.arn, bucketKey };
}

function missingAlgorithm(keyId: string): S3Error {
  return invalidArgument(
    keyIdHeader,
    keyId,
    "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
  );
}

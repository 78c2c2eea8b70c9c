import { checksumElement, checksumHeader } from "../body/checksum-algorithms.ts";
import type { Bucket } from "../buckets/bucket.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import type { Checksum, StoredObject } from "../store/records.ts";
import { httpDate } from "./response.ts";

type HeaderValues = Record<string, string | undefined>;

/** `x-amz-version-id`, which a bucket that never kept versions doesn't send. */
export function versionHeader(bucket: Bucket, versionId: string): HeaderValues {
  return bucket.versioning === "Off" ? {} : { "x-amz-version-id": versionId };
}

export function checksumHeaders(checksum: Checksum | undefined): HeaderValues {
  if (!checksum) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** The element of a checksum in an answer's XML; that of a part has no type. */
export function checksumElements(checksum: Checksum | undefined, of: "object" | "part"): Record<string, string> {
  if (!checksum) return {};
  const { algorithm, value, type } = checksum;
  return { [checksumElement(algorithm)]: value, ...(of === "object" && { ChecksumType: type }) };
}

/** What a write answers of the object it made. */
export function writtenHeaders(bucket: Bucket, { facts, versionId }: StoredObject): HeaderValues {
  return {
    etag: quoted(facts.etag),
    ...versionHeader(bucket, versionId),
    ...encryptionHeaders(facts.encryption),
    ...checksumHeaders(facts.checksum),
  };
}

/** What GET and HEAD answer of an object, apart from its length and checksum. */
export function objectHeaders(bucket: Bucket, { facts, versionId, modifiedAt }: StoredObject): HeaderValues {
  const metadata = Object.entries(facts.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    ...facts.headers,
    ...Object.fromEntries(metadata),
    "accept-ranges": "bytes",
    etag: quoted(facts.etag),
    "last-modified": httpDate(modifiedAt),
    ...versionHeader(bucket, versionId),
    ...encryptionHeaders(facts.encryption),
    ...(facts.storageClass !== "STANDARD" && { "x-amz-storage-class": facts.storageClass }),
  };
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

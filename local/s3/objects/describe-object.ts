import type { Recording } from "../../program/recording.ts";
import type { Bucket } from "../buckets/bucket.ts";
import { checkHeaderValue } from "../protocol/header-value.ts";
import type { S3Request } from "../protocol/request.ts";
import { notImplemented, S3Error } from "../protocol/s3-error.ts";
import { parseTagging } from "../protocol/tags.ts";
import type { Description } from "../store/records.ts";
import { chooseEncryption } from "./encryption.ts";

type Headers = S3Request["headers"];

const metadataPrefix = "x-amz-meta-";
const largestMetadata = 2048;
const keptHeaders = ["cache-control", "content-disposition", "content-language", "expires"];
/** Classes whose objects are read at once. What lies in an archive would have to be restored first. */
const storageClasses = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
];

/** What the headers of a write say of its object; throws for what S3 would refuse, and 501 for what is not done here. */
export function describeObject(headers: Headers, bucket: Bucket, recording: Recording): Description {
  refuseUnsupported(headers);
  checkAcl(headers, bucket);
  return {
    headers: systemHeaders(headers),
    metadata: readMetadata(headers),
    tags: parseTagging(headers["x-amz-tagging"] ?? ""),
    storageClass: readStorageClass(headers),
    encryption: chooseEncryption(headers, bucket, recording),
  };
}

export function systemHeaders(headers: Headers): Record<string, string> {
  const codings = (headers["content-encoding"] ?? "").split(",").map((coding) => coding.trim());
  // The coding of the transfer is no property of the object.
  const encoding = codings.filter((coding) => coding !== "" && coding.toLowerCase() !== "aws-chunked").join(",");
  const kept = keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
  const described = {
    "content-type": headers["content-type"] || "binary/octet-stream",
    ...(encoding !== "" && { "content-encoding": encoding }),
    ...Object.fromEntries(kept),
  };
  for (const [name, value] of Object.entries(described)) checkHeaderValue(name, value);
  return described;
}

/** `x-amz-meta-*` by the rest of their names, at most 2 KB of them. */
export function readMetadata(headers: Headers): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [header, value = ""] of Object.entries(headers)) {
    if (!header.startsWith(metadataPrefix)) continue;
    const name = header.slice(metadataPrefix.length);
    metadata[name] = checkHeaderValue(header, value);
    size += name.length + value.length;
  }
  if (size > largestMetadata) {
    throw new S3Error("MetadataTooLarge", { details: { Size: String(size), MaxSizeAllowed: String(largestMetadata) } });
  }
  return metadata;
}

export function readStorageClass(headers: Headers): string {
  const storageClass = headers["x-amz-storage-class"] ?? "STANDARD";
  if (storageClasses.includes(storageClass)) return storageClass;
  if (storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE") {
    throw notImplemented(`The storage class ${storageClass}`);
  }
  throw new S3Error("InvalidStorageClass", { details: { StorageClassRequested: storageClass } });
}

/**
 * A bucket whose owner owns every object takes no ACL but the one that says so. Elsewhere those are taken that give nobody
 * anything in an account of its own.
 */
export function checkAcl(headers: Headers, { ownership, publicAccessBlock }: Bucket): void {
  const acl = headers["x-amz-acl"];
  const grants = Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"));
  if (!grants && (acl === undefined || acl === "bucket-owner-full-control")) return;
  if (ownership === "BucketOwnerEnforced") throw new S3Error("AccessControlListNotSupported");
  if (!grants && (acl === "private" || acl === "bucket-owner-read")) return;
  if (acl?.startsWith("public-") && publicAccessBlock.blockPublicAcls) throw new S3Error("AccessDenied");
  throw notImplemented(`The ACL ${acl ?? "of x-amz-grant-* headers"}`);
}

const unsupportedHeaders: Readonly<Record<string, string>> = {
  "x-amz-object-lock-mode": "Object Lock",
  "x-amz-object-lock-retain-until-date": "Object Lock",
  "x-amz-object-lock-legal-hold": "Object Lock",
  "x-amz-website-redirect-location": "Website redirection",
  "x-amz-write-offset-bytes": "Appending to an object",
};

function refuseUnsupported(headers: Headers): void {
  for (const [header, what] of Object.entries(unsupportedHeaders)) {
    if (headers[header] !== undefined) throw notImplemented(`${what} (${header})`);
  }
}

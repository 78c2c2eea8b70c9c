import type { Bucket } from "../buckets/bucket.ts";
import type { ObjectExchange } from "../exchange.ts";
import { parseAddress } from "../protocol/address.ts";
import { fromHeaderBytes } from "../protocol/header-value.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { StoredObject } from "../store/records.ts";
import { failed, readConditions, weighRead } from "./conditional-read.ts";
import { existingTags, findObject } from "./find-object.ts";

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
}

/** Finds what `x-amz-copy-source` names, as the sender may see it and under the conditions that it puts on it. */
export function findCopySource(exchange: ObjectExchange): CopySource {
  const { request, access, buckets } = exchange;
  const { bucketName, key, versionId } = parseCopySource(request.headers["x-amz-copy-source"] ?? "");
  const bucket = buckets.find(bucketName);
  if (!bucket) throw new S3Error("NoSuchBucket", { details: { BucketName: bucketName } });
  const action = versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  const source = { ...exchange, bucket, key };
  access.demandObject(bucket, key, action, { "s3:VersionId": versionId, ...existingTags(source, versionId) });
  const object = findObject(source, versionId);
  access.demandKey("kms:Decrypt", bucket, key, object.facts.encryption);
  const conditions = readConditions(request.headers, "x-amz-copy-source-");
  if (weighRead(conditions, object) === "not-modified") throw failed("If-None-Match or If-Modified-Since");
  return { bucket, object };
}

/** `/bucket/key?versionId=…`, percent-encoded, with or without the first slash. */
function parseCopySource(header: string): { bucketName: string; key: string; versionId: string | undefined } {
  const source = fromHeaderBytes(header);
  const mark = source.indexOf("?versionId=");
  const path = mark === -1 ? source : source.slice(0, mark);
  const { bucket, key } = parseAddress(undefined, path.startsWith("/") ? path : `/${path}`);
  if (bucket === undefined || key === undefined) {
    throw invalidArgument(
      "x-amz-copy-source",
      header,
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    );
  }
  return { bucketName: bucket, key, versionId: mark === -1 ? undefined : source.slice(mark + "?versionId=".length) };
}

import type { BucketOperation } from "../operation.ts";
import { type ListParameters, listParameters } from "../protocol/list-parameters.ts";
import { quoted } from "../protocol/object-headers.ts";
import { owner } from "../protocol/owner.ts";
import { xmlResponse } from "../protocol/response.ts";
import { invalidArgument } from "../protocol/s3-error.ts";
import type { XmlContent } from "../protocol/xml.ts";
import type { ListItem } from "../store/listing.ts";
import type { StoredObject } from "../store/records.ts";

export const listObjects: BucketOperation = {
  name: "ListObjects",
  on: "bucket",
  action: "s3:ListBucket",
  async run({ request: { query }, store, bucket, recording }) {
    const parameters = listParameters(query, "max-keys");
    const { encode, delimiter } = parameters;
    const marker = query.get("marker") ?? "";
    const { items, truncated } = store.objects.list(bucket.name, parameters, marker);
    const last = items.at(-1);
    return xmlResponse("ListBucketResult", {
      Marker: encode(marker),
      // Without a delimiter the last key serves.
      NextMarker: truncated && delimiter !== "" && last ? encode(keyOf(last)) : undefined,
      ...commonElements(bucket.name, parameters, truncated),
      ...listElements(items, parameters, owner(recording)),
    });
  },
};

export const listObjectsV2: BucketOperation = {
  name: "ListObjectsV2",
  on: "bucket",
  action: "s3:ListBucket",
  async run({ request: { query }, store, bucket, recording }) {
    const parameters = listParameters(query, "max-keys");
    const token = query.get("continuation-token");
    const startAfter = query.get("start-after");
    const after = token === null ? (startAfter ?? "") : readToken(token);
    const { items, truncated } = store.objects.list(bucket.name, parameters, after);
    const last = items.at(-1);
    return xmlResponse("ListBucketResult", {
      KeyCount: items.length,
      StartAfter: startAfter === null ? undefined : parameters.encode(startAfter),
      ContinuationToken: token ?? undefined,
      NextContinuationToken: truncated && last ? writeToken(keyOf(last)) : undefined,
      ...commonElements(bucket.name, parameters, truncated),
      ...listElements(items, parameters, query.get("fetch-owner") === "true" ? owner(recording) : undefined),
    });
  },
};

function keyOf(item: ListItem<StoredObject>): string {
  return item.kind === "prefix" ? item.prefix : item.entry.key;
}

function commonElements(
  name: string,
  { prefix, delimiter, limit, encodingType, encode }: ListParameters,
  truncated: boolean,
) {
  return {
    Name: name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: encodingType,
    IsTruncated: truncated,
  };
}

function listElements(
  items: readonly ListItem<StoredObject>[],
  { encode }: ListParameters,
  owner: XmlContent | undefined,
) {
  return {
    Contents: items.flatMap<XmlContent>((item) => (item.kind === "entry" ? contents(item.entry, encode, owner) : [])),
    CommonPrefixes: items.flatMap((item) => (item.kind === "prefix" ? { Prefix: encode(item.prefix) } : [])),
  };
}

function contents(
  { key, modifiedAt, facts }: StoredObject,
  encode: (key: string) => string,
  owner: XmlContent | undefined,
): XmlContent {
  return {
    Key: encode(key),
    LastModified: modifiedAt,
    ETag: quoted(facts.etag),
    ChecksumAlgorithm: facts.checksum?.algorithm,
    ChecksumType: facts.checksum?.type,
    Size: facts.size,
    Owner: owner,
    StorageClass: facts.storageClass,
  };
}

/** Opaque to clients, and nothing but the place where the last page ended. */
function writeToken(after: string): string {
  return Buffer.from(after).toString("base64url");
}

function readToken(token: string): string {
  const after = Buffer.from(token, "base64url").toString();
  if (token !== "" && writeToken(after) === token) return after;
  throw invalidArgument("continuation-token", token, "The continuation token provided is incorrect");
}

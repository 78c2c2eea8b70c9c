import type { BucketOperation } from "../operation.ts";
import { listParameters } from "../protocol/list-parameters.ts";
import { quoted } from "../protocol/object-headers.ts";
import { owner } from "../protocol/owner.ts";
import { xmlResponse } from "../protocol/response.ts";
import { invalidArgument } from "../protocol/s3-error.ts";
import type { XmlContent } from "../protocol/xml.ts";
import type { ObjectVersion } from "../store/records.ts";

export const listObjectVersions: BucketOperation = {
  name: "ListObjectVersions",
  on: "bucket",
  action: "s3:ListBucketVersions",
  async run({ request: { query }, store, bucket, recording }) {
    const parameters = listParameters(query, "max-keys");
    const { prefix, delimiter, limit, encodingType, encode } = parameters;
    const keyMarker = query.get("key-marker") ?? "";
    const versionMarker = query.get("version-id-marker") || undefined;
    if (versionMarker !== undefined && keyMarker === "") {
      throw invalidArgument(
        "version-id-marker",
        versionMarker,
        "A version-id marker cannot be specified without a key marker.",
      );
    }
    const { items, truncated } = store.objects.listVersions(bucket.name, parameters, keyMarker, versionMarker);
    const entries = items.flatMap((item) => (item.kind === "entry" ? item.entry : []));
    const last = truncated ? items.at(-1) : undefined;
    const element = (version: ObjectVersion): XmlContent => ({
      Key: encode(version.key),
      VersionId: version.versionId,
      IsLatest: version.latest,
      LastModified: version.modifiedAt,
      ...(version.kind === "object" && objectElements(version)),
      Owner: owner(recording),
    });
    return xmlResponse("ListVersionsResult", {
      Name: bucket.name,
      Prefix: encode(prefix),
      KeyMarker: encode(keyMarker),
      VersionIdMarker: versionMarker ?? "",
      NextKeyMarker: last && encode(last.kind === "prefix" ? last.prefix : last.entry.key),
      NextVersionIdMarker: last?.kind === "entry" ? last.entry.versionId : undefined,
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      MaxKeys: limit,
      EncodingType: encodingType,
      IsTruncated: truncated,
      Version: entries.filter(({ kind }) => kind === "object").map(element),
      DeleteMarker: entries.filter(({ kind }) => kind === "delete-marker").map(element),
      CommonPrefixes: items.flatMap((item) => (item.kind === "prefix" ? { Prefix: encode(item.prefix) } : [])),
    });
  },
};

function objectElements({ facts }: Extract<ObjectVersion, { kind: "object" }>) {
  return {
    ETag: quoted(facts.etag),
    ChecksumAlgorithm: facts.checksum?.algorithm,
    ChecksumType: facts.checksum?.type,
    Size: facts.size,
    StorageClass: facts.storageClass,
  };
}

import type { BucketOperation } from "../operation.ts";
import { listParameters } from "../protocol/list-parameters.ts";
import { owner } from "../protocol/owner.ts";
import { xmlResponse } from "../protocol/response.ts";

export const listMultipartUploads: BucketOperation = {
  name: "ListMultipartUploads",
  on: "bucket",
  action: "s3:ListBucketMultipartUploads",
  async run({ request: { query }, store, bucket, recording }) {
    const parameters = listParameters(query, "max-uploads");
    const { prefix, delimiter, limit, encodingType, encode } = parameters;
    const keyMarker = query.get("key-marker") ?? "";
    // Without a key it says nothing.
    const uploadMarker = keyMarker === "" ? undefined : query.get("upload-id-marker") || undefined;
    const { items, truncated } = store.uploads.list(bucket.name, parameters, keyMarker, uploadMarker);
    const last = truncated ? items.at(-1) : undefined;
    return xmlResponse("ListMultipartUploadsResult", {
      Bucket: bucket.name,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: uploadMarker ?? "",
      NextKeyMarker: last && encode(last.kind === "prefix" ? last.prefix : last.entry.key),
      NextUploadIdMarker: last?.kind === "entry" ? last.entry.id : undefined,
      Prefix: encode(prefix),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      EncodingType: encodingType,
      MaxUploads: limit,
      IsTruncated: truncated,
      Upload: items.flatMap((item) => {
        if (item.kind === "prefix") return [];
        const { key, id, initiatedAt, facts } = item.entry;
        return {
          Key: encode(key),
          UploadId: id,
          Initiator: { ID: facts.initiator },
          Owner: owner(recording),
          StorageClass: facts.storageClass,
          Initiated: initiatedAt,
          ChecksumAlgorithm: facts.checksum?.algorithm,
          ChecksumType: facts.checksum?.type,
        };
      }),
      CommonPrefixes: items.flatMap((item) => (item.kind === "prefix" ? { Prefix: encode(item.prefix) } : [])),
    });
  },
};

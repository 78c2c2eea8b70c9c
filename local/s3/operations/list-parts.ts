import { findUpload } from "../objects/find-upload.ts";
import type { ObjectOperation } from "../operation.ts";
import { pageSize, parseMarker } from "../protocol/list-parameters.ts";
import { checksumElements, quoted } from "../protocol/object-headers.ts";
import { owner } from "../protocol/owner.ts";
import { xmlResponse } from "../protocol/response.ts";

export const listParts: ObjectOperation = {
  name: "ListParts",
  on: "object",
  action: "s3:ListMultipartUploadParts",
  async run(exchange) {
    const { request, store, bucket, key, recording } = exchange;
    const upload = findUpload(exchange);
    const limit = pageSize("max-parts", request.query.get("max-parts"));
    const after = parseMarker("part-number-marker", request.query.get("part-number-marker"));
    const found = store.uploads.parts(upload.id, after, limit + 1);
    const page = found.slice(0, limit);
    const isTruncated = found.length > page.length;
    return xmlResponse("ListPartsResult", {
      Bucket: bucket.name,
      Key: key,
      UploadId: upload.id,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: limit,
      IsTruncated: isTruncated,
      Part: page.map(({ number, part }) => ({
        PartNumber: number,
        LastModified: new Date(part.modifiedAt),
        ETag: quoted(part.etag),
        Size: part.size,
        ...checksumElements(part.checksum, "part"),
      })),
      Initiator: { ID: upload.facts.initiator },
      Owner: owner(recording),
      StorageClass: upload.facts.storageClass,
      ChecksumAlgorithm: upload.facts.checksum?.algorithm,
      ChecksumType: upload.facts.checksum?.type,
    });
  },
};

import { copyContent } from "../body/copy-content.ts";
import { findCopySource } from "../objects/copy-source.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import { findUpload, partNumberOf } from "../objects/find-upload.ts";
import { putPart } from "../objects/receive-part.ts";
import { etagAlgorithms } from "../objects/write-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { checksumElements, quoted, versionHeader } from "../protocol/object-headers.ts";
import { xmlResponse } from "../protocol/response.ts";
import { invalidArgument } from "../protocol/s3-error.ts";
import type { ByteRange } from "../store/content-store.ts";

const rangeHeader = "x-amz-copy-source-range";

export const uploadPartCopy: ObjectOperation = {
  name: "UploadPartCopy",
  on: "object",
  action: "s3:PutObject",
  async run(exchange) {
    const { request, access, store, bucket, key } = exchange;
    const number = partNumberOf(exchange);
    const upload = findUpload(exchange);
    const { encryption, checksum } = upload.facts;
    const source = findCopySource(exchange);
    access.demandKey("kms:Decrypt", bucket, key, encryption);
    const range = parseCopyRange(request.headers[rangeHeader], source.object.facts.size);
    const content = await copyContent(store, source.object, range, checksum?.algorithm, etagAlgorithms(encryption));
    const part = await putPart(exchange, upload, number, content);
    return xmlResponse(
      "CopyPartResult",
      {
        LastModified: new Date(part.modifiedAt),
        ETag: quoted(part.etag),
        ...checksumElements(part.checksum, "part"),
      },
      {
        ...encryptionHeaders(encryption),
        "x-amz-copy-source-version-id": versionHeader(source.bucket, source.object.versionId)["x-amz-version-id"],
      },
    );
  },
};

/** Unlike the range of a read, this one must be whole and lie within the source. */
function parseCopyRange(header: string | undefined, size: number): ByteRange {
  if (header === undefined) return { first: 0, last: size - 1 };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || first > last) {
    throw invalidArgument(
      rangeHeader,
      header,
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    );
  }
  if (last >= size)
    throw invalidArgument(rangeHeader, header, `Range specified is not valid for source object of size: ${size}`);
  return { first, last };
}

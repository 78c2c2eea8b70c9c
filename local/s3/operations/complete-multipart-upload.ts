import { wrongChecksum } from "../body/body-claims.ts";
import { checksumHeader } from "../body/checksum-algorithms.ts";
import { receiveDocument } from "../body/receive.ts";
import type { ObjectExchange } from "../exchange.ts";
import { assembleParts } from "../objects/assemble-parts.ts";
import { underCondition } from "../objects/conditional-write.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import { findUpload } from "../objects/find-upload.ts";
import { readPartList } from "../objects/part-list.ts";
import { writeObject } from "../objects/write-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { checksumElements, quoted, versionHeader } from "../protocol/object-headers.ts";
import type { S3Request } from "../protocol/request.ts";
import { objectUrl } from "../protocol/resource-names.ts";
import { xmlResponse } from "../protocol/response.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { ObjectFacts } from "../store/records.ts";

export const completeMultipartUpload: ObjectOperation = {
  name: "CompleteMultipartUpload",
  on: "object",
  action: "s3:PutObject",
  createsObject: true,
  async run(exchange) {
    const { request, access, store, bucket, key } = exchange;
    const upload = findUpload(exchange);
    access.demandKey("kms:Decrypt", bucket, key, upload.facts.encryption);
    const list = readPartList(await receiveDocument(request, "object"), upload.facts.checksum?.algorithm);
    const facts = await assembleParts(upload.facts, store.uploads.parts(upload.id), list);
    proveObject(request, facts);
    return underCondition(request, store, bucket, key, async (precondition) => {
      const object = writeObject(exchange, {
        facts,
        event: "ObjectCreated:CompleteMultipartUpload",
        // S3 dates an object from the beginning of its upload.
        modifiedAt: upload.initiatedAt,
        precondition,
        alongside: () => endUpload(exchange, facts),
      });
      return xmlResponse(
        "CompleteMultipartUploadResult",
        {
          Location: objectUrl(request.headers.host, bucket.name, key),
          Bucket: bucket.name,
          Key: key,
          ETag: quoted(facts.etag),
          ...checksumElements(facts.checksum, "object"),
        },
        { ...versionHeader(bucket, object.versionId), ...encryptionHeaders(facts.encryption) },
      );
    });
  },
};

/** The parts become the object's, unless one was replaced or the upload ended since they were looked up. */
function endUpload(exchange: ObjectExchange, { segments }: ObjectFacts): void {
  const { uploads } = exchange.store;
  const { id } = findUpload(exchange);
  const present = new Set(uploads.parts(id).map(({ part }) => part.contentId));
  if (!segments.every(({ contentId }) => present.has(contentId))) throw new S3Error("InvalidPart");
  uploads.remove(id);
}

/** What the client says of the object as a whole. */
function proveObject({ headers }: S3Request, { size, checksum }: ObjectFacts): void {
  const claimedSize = headers["x-amz-mp-object-size"];
  if (claimedSize !== undefined && claimedSize !== String(size)) {
    throw new S3Error("InvalidRequest", {
      message: `The provided 'x-amz-mp-object-size' header value ${claimedSize} does not match what was computed: ${size}`,
    });
  }
  const type = headers["x-amz-checksum-type"];
  if (type !== undefined && type !== checksum?.type) {
    throw new S3Error("InvalidRequest", { message: `The upload was not created with the checksum type ${type}.` });
  }
  const value = checksum && headers[checksumHeader(checksum.algorithm)];
  if (checksum && value !== undefined && value !== checksum.value) throw wrongChecksum(checksum.algorithm);
}

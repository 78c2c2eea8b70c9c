import { randomBytes } from "node:crypto";
import { parseAlgorithm } from "../body/body-claims.ts";
import { type ChecksumType, checksumAlgorithms } from "../body/checksum-algorithms.ts";
import { principalIdOf } from "../events/event-messages.ts";
import { describeObject } from "../objects/describe-object.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import type { ObjectOperation } from "../operation.ts";
import type { S3Request } from "../protocol/request.ts";
import { xmlResponse } from "../protocol/response.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { UploadFacts } from "../store/records.ts";

export const createMultipartUpload: ObjectOperation = {
  name: "CreateMultipartUpload",
  on: "object",
  action: "s3:PutObject",
  async run({ request, access, store, bucket, key, recording }) {
    const description = describeObject(request.headers, bucket, recording);
    if (request.headers["x-amz-tagging"] !== undefined) access.demandObject(bucket, key, "s3:PutObjectTagging");
    access.demandKey("kms:GenerateDataKey", bucket, key, description.encryption);
    const checksum = chooseChecksum(request);
    const id = randomBytes(48).toString("base64url");
    const facts = { ...description, ...(checksum && { checksum }), initiator: principalIdOf(request.principal) };
    store.transaction(() => store.uploads.create({ id, bucket: bucket.name, key, initiatedAt: request.now, facts }));
    return xmlResponse(
      "InitiateMultipartUploadResult",
      { Bucket: bucket.name, Key: key, UploadId: id },
      {
        ...encryptionHeaders(description.encryption),
        "x-amz-checksum-algorithm": checksum?.algorithm,
        "x-amz-checksum-type": checksum?.type,
      },
    );
  },
};

function chooseChecksum({ headers }: S3Request): UploadFacts["checksum"] {
  const { "x-amz-checksum-algorithm": name, "x-amz-checksum-type": type } = headers;
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error("InvalidRequest", {
      message: "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    });
  }
  const algorithm = parseAlgorithm("x-amz-checksum-algorithm", name);
  const possible: readonly ChecksumType[] = checksumAlgorithms[algorithm].multipart;
  const chosen = type === undefined ? possible[0] : possible.find((known) => known === type);
  if (chosen === undefined) {
    throw new S3Error("InvalidRequest", {
      message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    });
  }
  return { algorithm, type: chosen };
}

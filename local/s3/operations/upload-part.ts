import { receiveContent } from "../body/receive.ts";
import { encryptionHeaders } from "../objects/encryption.ts";
import { findUpload, partNumberOf } from "../objects/find-upload.ts";
import { putPart } from "../objects/receive-part.ts";
import { etagAlgorithms } from "../objects/write-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { checksumHeaders, quoted } from "../protocol/object-headers.ts";

export const uploadPart: ObjectOperation = {
  name: "UploadPart",
  on: "object",
  action: "s3:PutObject",
  async run(exchange) {
    const { request, access, store, bucket, key } = exchange;
    const number = partNumberOf(exchange);
    const upload = findUpload(exchange);
    const { encryption } = upload.facts;
    // The upload's data key lies with it encrypted, and S3 has KMS open it for every part.
    access.demandKey("kms:Decrypt", bucket, key, encryption);
    const content = await receiveContent(request, store.contents, etagAlgorithms(encryption));
    const part = await putPart(exchange, upload, number, content);
    const { "x-amz-checksum-type": _, ...checksum } = checksumHeaders(part.checksum);
    return { status: 200, headers: { etag: quoted(part.etag), ...encryptionHeaders(encryption), ...checksum } };
  },
};

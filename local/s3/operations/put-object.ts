import { receiveContent } from "../body/receive.ts";
import { underCondition } from "../objects/conditional-write.ts";
import { describeObject } from "../objects/describe-object.ts";
import { etagAlgorithms, writeWhole } from "../objects/write-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { writtenHeaders } from "../protocol/object-headers.ts";

export const putObject: ObjectOperation = {
  name: "PutObject",
  on: "object",
  action: "s3:PutObject",
  createsObject: true,
  async run(exchange) {
    const { request, access, bucket, key, store, recording } = exchange;
    const description = describeObject(request.headers, bucket, recording);
    if (request.headers["x-amz-tagging"] !== undefined) access.demandObject(bucket, key, "s3:PutObjectTagging");
    access.demandKey("kms:GenerateDataKey", bucket, key, description.encryption);
    return underCondition(request, store, bucket, key, async (precondition) => {
      const content = await receiveContent(request, store.contents, etagAlgorithms(description.encryption));
      const object = await writeWhole(exchange, content, description, { event: "ObjectCreated:Put", precondition });
      return { status: 200, headers: writtenHeaders(bucket, object) };
    });
  },
};

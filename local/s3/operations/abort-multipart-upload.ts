import { findUpload } from "../objects/find-upload.ts";
import type { ObjectOperation } from "../operation.ts";
import { noContent } from "../protocol/response.ts";

export const abortMultipartUpload: ObjectOperation = {
  name: "AbortMultipartUpload",
  on: "object",
  action: "s3:AbortMultipartUpload",
  async run(exchange) {
    const { store } = exchange;
    store.transaction(() => store.uploads.remove(findUpload(exchange).id));
    return noContent;
  },
};

import { removalAction, removeObject } from "../objects/remove-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { versionHeader } from "../protocol/object-headers.ts";

export const deleteObject: ObjectOperation = {
  name: "DeleteObject",
  on: "object",
  action: ({ query }) => removalAction(query.get("versionId") ?? undefined),
  async run(exchange) {
    const { request, bucket, key } = exchange;
    const { version, marker } = removeObject(
      exchange,
      key,
      request.query.get("versionId") ?? undefined,
      request.headers,
    );
    const headers = {
      ...(version && versionHeader(bucket, version.versionId)),
      ...(marker && { "x-amz-delete-marker": "true" }),
    };
    return { status: 204, headers };
  },
};

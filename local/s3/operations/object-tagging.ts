import { tagContext } from "../access.ts";
import { receiveDocument } from "../body/receive.ts";
import type { ObjectExchange } from "../exchange.ts";
import { findObject } from "../objects/find-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { versionHeader } from "../protocol/object-headers.ts";
import type { S3Request } from "../protocol/request.ts";
import { type S3Response, xmlResponse } from "../protocol/response.ts";
import { readTagging, renderTagSet, type Tags } from "../protocol/tags.ts";

function taggingAction(verb: "Get" | "Put" | "Delete", { query }: S3Request): string {
  return query.has("versionId") ? `s3:${verb}ObjectVersionTagging` : `s3:${verb}ObjectTagging`;
}

const versionOf = ({ request }: ObjectExchange) => request.query.get("versionId") ?? undefined;

export const getObjectTagging: ObjectOperation = {
  name: "GetObjectTagging",
  on: "object",
  action: (request) => taggingAction("Get", request),
  async run(exchange) {
    const object = findObject(exchange, versionOf(exchange));
    const headers = versionHeader(exchange.bucket, object.versionId);
    return xmlResponse("Tagging", { TagSet: renderTagSet(object.facts.tags) }, headers);
  },
};

export const putObjectTagging: ObjectOperation = {
  name: "PutObjectTagging",
  on: "object",
  // Policies may ask which tags, and those are in the body.
  action: "each",
  async run(exchange) {
    const { request, access, bucket, key } = exchange;
    const tags = readTagging(await receiveDocument(request));
    access.demandObject(bucket, key, taggingAction("Put", request), tagContext("s3:RequestObjectTag", tags));
    return { status: 200, headers: setTags(exchange, tags) };
  },
};

export const deleteObjectTagging: ObjectOperation = {
  name: "DeleteObjectTagging",
  on: "object",
  action: (request) => taggingAction("Delete", request),
  run: async (exchange) => ({ status: 204, headers: setTags(exchange, {}) }),
};

function setTags(exchange: ObjectExchange, tags: Tags): S3Response["headers"] & object {
  const { store, bucket, announce } = exchange;
  const object = findObject(exchange, versionOf(exchange));
  store.transaction(() => {
    store.objects.replaceTags(object, tags);
    announce(bucket, Object.keys(tags).length > 0 ? "ObjectTagging:Put" : "ObjectTagging:Delete", object);
  });
  return versionHeader(bucket, object.versionId);
}

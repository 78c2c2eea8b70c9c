import { checkAcl } from "../objects/describe-object.ts";
import { findObject } from "../objects/find-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { xmlResponse } from "../protocol/response.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { ownerHasAll } from "./render-settings.ts";

export const getObjectAcl: ObjectOperation = {
  name: "GetObjectAcl",
  on: "object",
  action: ({ query }) => (query.has("versionId") ? "s3:GetObjectVersionAcl" : "s3:GetObjectAcl"),
  async run(exchange) {
    findObject(exchange, exchange.request.query.get("versionId") ?? undefined);
    return xmlResponse("AccessControlPolicy", ownerHasAll(exchange.recording));
  },
};

export const putObjectAcl: ObjectOperation = {
  name: "PutObjectAcl",
  on: "object",
  action: ({ query }) => (query.has("versionId") ? "s3:PutObjectVersionAcl" : "s3:PutObjectAcl"),
  async run({ request, bucket }) {
    checkAcl(request.headers, bucket);
    if (request.headers["x-amz-acl"] === undefined) throw new S3Error("AccessControlListNotSupported");
    return { status: 200 };
  },
};

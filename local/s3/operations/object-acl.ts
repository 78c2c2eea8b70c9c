import { Type } from "typebox";
import { receiveDocument } from "../body/receive.ts";
import type { BucketExchange } from "../exchange.ts";
import { checkAcl } from "../objects/describe-object.ts";
import { findObject } from "../objects/find-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { owner } from "../protocol/owner.ts";
import { xmlResponse } from "../protocol/response.ts";
import { notImplemented, S3Error } from "../protocol/s3-error.ts";
import { xmlReader } from "../protocol/xml.ts";
import { ownerHasAll } from "./render-settings.ts";

const Grant = Type.Object({
  Grantee: Type.Object({ ID: Type.Optional(Type.String()) }),
  Permission: Type.String(),
});
const readAcl = xmlReader(
  "AccessControlPolicy",
  Type.Object({ AccessControlList: Type.Object({ Grant: Type.Array(Grant) }) }),
  ["Grant"],
);

export const getObjectAcl: ObjectOperation = {
  name: "GetObjectAcl",
  on: "object",
  action: ({ query }) => (query.has("versionId") ? "s3:GetObjectVersionAcl" : "s3:GetObjectAcl"),
  async run(exchange) {
    findObject(exchange, exchange.request.query.get("versionId") ?? undefined);
    return xmlResponse("AccessControlPolicy", ownerHasAll(exchange.recording));
  },
};

/** Takes the ACL that every object has anyway, which is all that some clients want to make sure of. */
export const putObjectAcl: ObjectOperation = {
  name: "PutObjectAcl",
  on: "object",
  action: ({ query }) => (query.has("versionId") ? "s3:PutObjectVersionAcl" : "s3:PutObjectAcl"),
  async run(exchange) {
    const { request, bucket } = exchange;
    findObject(exchange, request.query.get("versionId") ?? undefined);
    checkAcl(request.headers, bucket);
    const document = await receiveDocument(request);
    if (document.length > 0) checkGrants(exchange, document);
    return { status: 200 };
  },
};

function checkGrants({ bucket, recording }: BucketExchange, document: Buffer): void {
  const { ID } = owner(recording);
  const { Grant: grants } = readAcl(document).AccessControlList;
  if (grants.every(({ Grantee, Permission }) => Grantee.ID === ID && Permission === "FULL_CONTROL")) return;
  if (bucket.ownership === "BucketOwnerEnforced") throw new S3Error("AccessControlListNotSupported");
  throw notImplemented("An ACL that lets in anybody but the bucket's owner");
}

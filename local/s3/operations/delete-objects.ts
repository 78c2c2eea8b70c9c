import { Type } from "typebox";
import { receiveDocument } from "../body/receive.ts";
import type { BucketExchange } from "../exchange.ts";
import { removalAction, removeObject } from "../objects/remove-object.ts";
import type { BucketOperation } from "../operation.ts";
import { checkKey } from "../protocol/address.ts";
import { xmlResponse } from "../protocol/response.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { type XmlContent, xmlReader } from "../protocol/xml.ts";

const mostKeys = 1000;

const Item = Type.Object({
  Key: Type.String({ minLength: 1 }),
  VersionId: Type.Optional(Type.String({ minLength: 1 })),
  ETag: Type.Optional(Type.String()),
});

const readDelete = xmlReader(
  "Delete",
  Type.Object({ Object: Type.Array(Item, { maxItems: mostKeys }), Quiet: Type.Optional(Type.String()) }),
  ["Object"],
);

export const deleteObjects: BucketOperation = {
  name: "DeleteObjects",
  on: "bucket",
  action: "each",
  async run(exchange) {
    requireDigest(exchange);
    const { Object: items, Quiet } = readDelete(await receiveDocument(exchange.request));
    const outcomes = items.map((item) => deleteOne(exchange, item));
    return xmlResponse("DeleteResult", {
      ...(Quiet !== "true" && { Deleted: outcomes.flatMap<XmlContent>(({ deleted }) => deleted ?? []) }),
      Error: outcomes.flatMap<XmlContent>(({ error }) => error ?? []),
    });
  },
};

/** Lest a list that was damaged on its way delete something else. */
function requireDigest({ request: { headers } }: BucketExchange): void {
  const given = Object.keys(headers).some((name) => name === "content-md5" || name.startsWith("x-amz-checksum-"));
  if (given || headers["x-amz-trailer"] !== undefined) return;
  throw new S3Error("InvalidRequest", {
    message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
  });
}

function deleteOne(
  exchange: BucketExchange,
  item: Type.Static<typeof Item>,
): { deleted?: XmlContent; error?: XmlContent } {
  const { access, bucket } = exchange;
  const { Key, VersionId, ETag } = item;
  try {
    access.demandObject(bucket, checkKey(Key), removalAction(VersionId), { "s3:VersionId": VersionId });
    const { version, marker } = removeObject(exchange, Key, VersionId, { "if-match": ETag });
    const markerId = marker ? version?.versionId : undefined;
    return {
      deleted: { Key, VersionId, DeleteMarker: marker ? true : undefined, DeleteMarkerVersionId: markerId },
    };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { error: { Key, VersionId, Code: error.code, Message: error.message } };
  }
}

import { findObject } from "../objects/find-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { pageSize, parseMarker } from "../protocol/list-parameters.ts";
import { checksumElements, versionHeader } from "../protocol/object-headers.ts";
import { httpDate, xmlResponse } from "../protocol/response.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { XmlContent } from "../protocol/xml.ts";
import type { ObjectFacts } from "../store/records.ts";

const render: Readonly<Record<string, (facts: ObjectFacts, parts: PartsPage) => XmlContent | undefined>> = {
  ETag: ({ etag }) => etag,
  Checksum: ({ checksum }) => checksum && checksumElements(checksum, "object"),
  ObjectParts: (facts, page) => (facts.multipart ? objectParts(facts, page) : undefined),
  StorageClass: ({ storageClass }) => storageClass,
  ObjectSize: ({ size }) => size,
};

interface PartsPage {
  readonly after: number;
  readonly limit: number;
}

export const getObjectAttributes: ObjectOperation = {
  name: "GetObjectAttributes",
  on: "object",
  action: ({ query }) => (query.has("versionId") ? "s3:GetObjectVersionAttributes" : "s3:GetObjectAttributes"),
  async run(exchange) {
    const { request, access, bucket, key } = exchange;
    const versionId = request.query.get("versionId") ?? undefined;
    access.demandObject(bucket, key, versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion");
    const object = findObject(exchange, versionId);
    access.demandKey("kms:Decrypt", bucket, key, object.facts.encryption);
    const page = {
      after: parseMarker("x-amz-part-number-marker", request.headers["x-amz-part-number-marker"]),
      limit: pageSize("x-amz-max-parts", request.headers["x-amz-max-parts"]),
    };
    const asked = askedAttributes(request.headers["x-amz-object-attributes"]);
    const elements = asked.map((name) => [name, render[name]?.(object.facts, page)] as const);
    return xmlResponse("GetObjectAttributesResponse", Object.fromEntries(elements), {
      ...versionHeader(bucket, object.versionId),
      "last-modified": httpDate(object.modifiedAt),
    });
  },
};

function askedAttributes(header: string | undefined): string[] {
  const names = (header ?? "").split(",").map((name) => name.trim());
  if (header === undefined) {
    throw new S3Error("InvalidRequest", {
      message:
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    });
  }
  const unknown = names.find((name) => !Object.hasOwn(render, name));
  if (unknown !== undefined)
    throw invalidArgument("x-amz-object-attributes", unknown, "Invalid attribute name specified.");
  return names;
}

function objectParts({ segments }: ObjectFacts, { after, limit }: PartsPage): XmlContent {
  const page = segments.slice(after, after + limit);
  const isTruncated = after + page.length < segments.length;
  return {
    PartsCount: segments.length,
    PartNumberMarker: after,
    NextPartNumberMarker: isTruncated ? after + page.length : undefined,
    MaxParts: limit,
    IsTruncated: isTruncated,
    Part: page.map(({ size, checksum }, index) => ({
      PartNumber: after + index + 1,
      Size: size,
      ...checksumElements(checksum, "part"),
    })),
  };
}

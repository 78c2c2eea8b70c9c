import { parseAlgorithm } from "../body/body-claims.ts";
import { copyContent } from "../body/copy-content.ts";
import { largestUpload } from "../body/receive.ts";
import type { ObjectExchange } from "../exchange.ts";
import { underCondition } from "../objects/conditional-write.ts";
import { type CopySource, findCopySource } from "../objects/copy-source.ts";
import { describeObject } from "../objects/describe-object.ts";
import { etagAlgorithms, writeWhole } from "../objects/write-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { checksumElements, quoted, versionHeader, writtenHeaders } from "../protocol/object-headers.ts";
import { xmlResponse } from "../protocol/response.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { Description, StoredObject } from "../store/records.ts";

export const copyObject: ObjectOperation = {
  name: "CopyObject",
  on: "object",
  action: "s3:PutObject",
  createsObject: true,
  async run(exchange) {
    const { request, access, bucket, key, store } = exchange;
    const source = findCopySource(exchange);
    const { object } = source;
    if (object.facts.size > largestUpload) {
      throw new S3Error("InvalidRequest", {
        message: `The specified copy source is larger than the maximum allowable size for a copy source: ${largestUpload}`,
      });
    }
    refuseSelfCopy(exchange, object);
    const description = describeCopy(exchange, source);
    access.demandKey("kms:GenerateDataKey", bucket, key, description.encryption);
    const asked = request.headers["x-amz-checksum-algorithm"];
    const algorithm =
      asked === undefined ? object.facts.checksum?.algorithm : parseAlgorithm("x-amz-checksum-algorithm", asked);
    return underCondition(request, store, bucket, key, async (precondition) => {
      const everything = { first: 0, last: object.facts.size - 1 };
      const content = await copyContent(store, object, everything, algorithm, etagAlgorithms(description.encryption));
      const copy = await writeWhole(exchange, content, description, { event: "ObjectCreated:Copy", precondition });
      const { etag: _, ...headers } = writtenHeaders(bucket, copy);
      const sourceVersion = versionHeader(source.bucket, object.versionId)["x-amz-version-id"];
      return xmlResponse("CopyObjectResult", copyResult(copy), {
        ...headers,
        "x-amz-copy-source-version-id": sourceVersion,
      });
    });
  },
};

function copyResult({ facts, modifiedAt }: StoredObject) {
  return {
    LastModified: modifiedAt,
    ETag: quoted(facts.etag),
    ...checksumElements(facts.checksum, "object"),
  };
}

/** The source's own description, or the one that the request's headers give in its place. */
function describeCopy(exchange: ObjectExchange, { bucket: sourceBucket, object }: CopySource): Description {
  const { request, access, bucket, key, recording } = exchange;
  const { headers } = request;
  const described = describeObject(headers, bucket, recording);
  const { headers: systemHeaders, metadata } = isReplaced(headers, "x-amz-metadata-directive")
    ? described
    : object.facts;
  const tagsReplaced = isReplaced(headers, "x-amz-tagging-directive");
  const tags = tagsReplaced ? described.tags : object.facts.tags;
  if (Object.keys(tags).length > 0) {
    if (!tagsReplaced) access.demandObject(sourceBucket, object.key, "s3:GetObjectTagging");
    access.demandObject(bucket, key, "s3:PutObjectTagging");
  }
  return { ...described, headers: systemHeaders, metadata, tags };
}

function isReplaced(headers: ObjectExchange["request"]["headers"], directive: string): boolean {
  const value = headers[directive] ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw invalidArgument(directive, value, `Unknown ${directive}.`);
  return value === "REPLACE";
}

function refuseSelfCopy({ request: { headers }, bucket, key }: ObjectExchange, source: StoredObject): void {
  const changes = ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-checksum-algorithm"];
  const changed =
    isReplaced(headers, "x-amz-metadata-directive") || changes.some((name) => headers[name] !== undefined);
  if (changed || !source.latest || source.bucket !== bucket.name || source.key !== key) return;
  throw new S3Error("InvalidRequest", {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}

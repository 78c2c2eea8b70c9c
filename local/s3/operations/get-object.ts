import type { ObjectExchange } from "../exchange.ts";
import { listsEtag, readConditions, weighRead } from "../objects/conditional-read.ts";
import { findObject } from "../objects/find-object.ts";
import type { ObjectOperation } from "../operation.ts";
import { checkHeaderValue } from "../protocol/header-value.ts";
import { checksumHeaders, objectHeaders } from "../protocol/object-headers.ts";
import { contentRange, parseRange } from "../protocol/range.ts";
import type { S3Request } from "../protocol/request.ts";
import type { S3Response } from "../protocol/response.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { ByteRange } from "../store/content-store.ts";
import type { Checksum, StoredObject } from "../store/records.ts";

/** What of an object is asked for. */
interface Selection {
  readonly range: ByteRange;
  readonly partial: boolean;
  readonly checksum: Checksum | undefined;
  readonly partsCount?: number;
}

const action = ({ query }: S3Request) => (query.has("versionId") ? "s3:GetObjectVersion" : "s3:GetObject");

export const getObject: ObjectOperation = {
  name: "GetObject",
  on: "object",
  action,
  async run(exchange) {
    const { object, range, response } = read(exchange, true);
    return range ? { ...response, body: exchange.store.contents.read(object.facts.segments, range) } : response;
  },
};

export const headObject: ObjectOperation = {
  name: "HeadObject",
  on: "object",
  action,
  run: async (exchange) => read(exchange, wantsChecksum(exchange.request)).response,
};

/** S3 keeps an object's checksum as secret as its bytes. */
function wantsChecksum({ headers }: S3Request): boolean {
  return headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED";
}

/** The answer to GET without its body, and the range that the body is. */
function read(
  exchange: ObjectExchange,
  decrypts: boolean,
): { object: StoredObject; range?: ByteRange; response: S3Response } {
  const { request, access, bucket, key } = exchange;
  const object = findObject(exchange, request.query.get("versionId") ?? undefined);
  if (decrypts) access.demandKey("kms:Decrypt", bucket, key, object.facts.encryption);
  const headers = objectHeaders(bucket, object);
  if (weighRead(readConditions(request.headers, ""), object) === "not-modified") {
    const kept = ["etag", "last-modified", "cache-control", "expires", "x-amz-version-id"];
    const validators = kept.map((name) => [name, headers[name]]);
    return { object, response: { status: 304, headers: Object.fromEntries(validators) } };
  }
  const { range, partial, checksum, partsCount } = selectBytes(request, object);
  const response = {
    status: partial ? 206 : 200,
    headers: {
      ...headers,
      "content-length": String(range.last - range.first + 1),
      ...(partial && { "content-range": contentRange(range, object.facts.size) }),
      ...(wantsChecksum(request) && checksumHeaders(checksum)),
      "x-amz-mp-parts-count": partsCount?.toString(),
      "x-amz-tagging-count": taggingCount(exchange, object),
      ...overrides(request),
    },
  };
  return { object, range, response };
}

/** Only for who may read the tags, and only when there are any. */
function taggingCount({ access, bucket, key }: ObjectExchange, { facts }: StoredObject): string | undefined {
  const count = Object.keys(facts.tags).length;
  return count > 0 && access.mayUseObject(bucket, key, "s3:GetObjectTagging") ? String(count) : undefined;
}

function selectBytes({ headers, query }: S3Request, object: StoredObject): Selection {
  const { facts } = object;
  const partNumber = query.get("partNumber");
  if (partNumber !== null) {
    if (headers.range !== undefined) {
      throw new S3Error("InvalidRequest", {
        message: "Cannot specify both Range header and partNumber query parameter",
      });
    }
    return selectPart(object, partNumber);
  }
  const range = rangeStillMeant(headers["if-range"], object) ? parseRange(headers.range, facts.size) : undefined;
  if (range) return { range, partial: true, checksum: undefined };
  return { range: { first: 0, last: facts.size - 1 }, partial: false, checksum: facts.checksum };
}

function selectPart({ facts }: StoredObject, partNumber: string): Selection {
  const number = Number(partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument("partNumber", partNumber, "Part number must be an integer between 1 and 10000, inclusive");
  }
  const segment = facts.segments[number - 1];
  if (!segment) {
    throw new S3Error("InvalidPartNumber", {
      details: { PartNumberRequested: partNumber, ActualPartCount: String(facts.segments.length) },
    });
  }
  const first = facts.segments.slice(0, number - 1).reduce((start, { size }) => start + size, 0);
  return {
    range: { first, last: first + segment.size - 1 },
    partial: segment.size > 0,
    checksum: facts.multipart ? segment.checksum : facts.checksum,
    ...(facts.multipart && { partsCount: facts.segments.length }),
  };
}

/** `If-Range` has a client that resumes start over when the object is another by now. */
function rangeStillMeant(ifRange: string | undefined, { facts, modifiedAt }: StoredObject): boolean {
  if (ifRange === undefined) return true;
  return ifRange.includes('"') ? listsEtag(ifRange, facts.etag) : modifiedAt.getTime() <= Date.parse(ifRange);
}

const overridable = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** A signed request may choose headers of its answer, such as the name that a download is saved under. */
function overrides({ query, authentication }: S3Request): Record<string, string> {
  const chosen = overridable.flatMap((header) => {
    const name = `response-${header}`;
    const value = query.get(name);
    return value === null ? [] : [[header, checkHeaderValue(name, value)] as const];
  });
  if (chosen.length > 0 && !authentication) {
    throw new S3Error("InvalidRequest", {
      message: "Request specific response headers cannot be used for anonymous GET requests.",
    });
  }
  return Object.fromEntries(chosen);
}

import { S3Error } from "../protocol/s3-error.ts";
import type { StoredObject } from "../store/records.ts";

/** The conditions of a read, as HTTP has them; a copy puts them on its source. */
export interface ReadConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

export function readConditions(
  headers: Readonly<Record<string, string | undefined>>,
  prefix: "" | "x-amz-copy-source-",
): ReadConditions {
  return {
    ifMatch: headers[`${prefix}if-match`],
    ifNoneMatch: headers[`${prefix}if-none-match`],
    ifModifiedSince: headers[`${prefix}if-modified-since`],
    ifUnmodifiedSince: headers[`${prefix}if-unmodified-since`],
  };
}

/** Weighs conditions in the order of RFC 9110; throws PreconditionFailed. */
export function weighRead(conditions: ReadConditions, { facts, modifiedAt }: StoredObject): "read" | "not-modified" {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!listsEtag(ifMatch, facts.etag)) throw failed("If-Match");
  } else if (isModifiedSince(modifiedAt, ifUnmodifiedSince) === true) {
    throw failed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined) return listsEtag(ifNoneMatch, facts.etag) ? "not-modified" : "read";
  return isModifiedSince(modifiedAt, ifModifiedSince) === false ? "not-modified" : "read";
}

/** Whether `*`, one entity tag or a list of them takes in `etag`. */
export function listsEtag(header: string, etag: string): boolean {
  return header.split(",").some((one) => {
    const tag = one.trim().replace(/^W\//, "").replaceAll('"', "");
    return tag === "*" || tag === etag;
  });
}

export function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", { details: { Condition: condition } });
}

/** Undefined for a date that is absent or none: it is no condition then. */
function isModifiedSince(modifiedAt: Date, header: string | undefined): boolean | undefined {
  const since = Date.parse(header ?? "");
  return Number.isNaN(since) ? undefined : modifiedAt.getTime() > since;
}

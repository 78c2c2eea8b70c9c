import type { ListQuery } from "../store/listing.ts";
import { formEncode } from "./form-encoding.ts";
import { invalidArgument } from "./s3-error.ts";

/** No page holds more, whatever is asked for. */
const largestPage = 1000;
const largestNumber = 2 ** 31 - 1;

export function pageSize(name: string, value: string | null | undefined): number {
  return value === null || value === undefined || value === ""
    ? largestPage
    : Math.min(parseMarker(name, value), largestPage);
}

/** A number in a parameter; 0 when it is absent. */
export function parseMarker(name: string, value: string | null | undefined): number {
  if (value === null || value === undefined || value === "") return 0;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > largestNumber) {
    throw invalidArgument(name, value, `Argument ${name} must be an integer between 0 and ${largestNumber}`);
  }
  return number;
}

export interface ListParameters extends ListQuery {
  readonly encodingType: "url" | undefined;
  /** Encodes a key as `encoding-type` asks. */
  readonly encode: (key: string) => string;
}

/** What every list has in common; `maxName` is what it calls its page size. */
export function listParameters(query: URLSearchParams, maxName: "max-keys" | "max-uploads"): ListParameters {
  const encodingType = query.get("encoding-type");
  if (encodingType !== null && encodingType !== "url") {
    throw invalidArgument("encoding-type", encodingType, "Invalid Encoding Method specified in Request");
  }
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    limit: pageSize(maxName, query.get(maxName)),
    encodingType: encodingType ?? undefined,
    encode: encodingType === "url" ? formEncode : (key) => key,
  };
}

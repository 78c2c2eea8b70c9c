import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { formatAmzDate } from "./amz-date.ts";
import { type CredentialScope, formatScope } from "./credential-scope.ts";
import { SigV4Error } from "./sigv4-error.ts";

/*
 * Node hands headers and targets over as latin1, one character per byte of the wire. Everything here stays in that
 * form, so that what is hashed is what was sent, whatever its encoding.
 */

export const algorithm = "AWS4-HMAC-SHA256";
export const unsignedPayload = "UNSIGNED-PAYLOAD";
export const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface Target {
  /** Percent-encoded, as it came. */
  readonly path: string;
  /** Decoded names and values, in the order they came. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

export interface CanonicalInput {
  readonly method: string;
  readonly target: Target;
  readonly headers: IncomingHttpHeaders;
  /** Lower-case names in the order of the signature's `SignedHeaders`. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly service: string;
}

/** Splits a request target; throws InvalidURI for one that is not in origin form or is not percent-encoded well. */
export function parseTarget(target: string): Target {
  if (!target.startsWith("/") || /%(?![0-9a-f]{2})/i.test(target)) {
    throw new SigV4Error("InvalidURI", "Couldn't parse the specified URI.");
  }
  const mark = target.indexOf("?");
  if (mark === -1) return { path: target, query: [] };
  const pairs = target
    .slice(mark + 1)
    .split("&")
    .filter((pair) => pair !== "");
  return { path: target.slice(0, mark), query: pairs.map(parsePair) };
}

function parsePair(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  return [decodeBytes(name.replaceAll("+", " ")), decodeBytes(value.replaceAll("+", " "))];
}

/** The canonical request of Signature Version 4. */
export function canonicalRequest(input: CanonicalInput): string {
  return [
    input.method,
    canonicalPath(input.target.path, input.service),
    canonicalQuery(input.target.query),
    ...input.signedHeaders.map((name) => `${name}:${headerValue(input.headers, name)}`),
    "",
    input.signedHeaders.join(";"),
    input.payloadHash,
  ].join("\n");
}

export function stringToSign(signedAt: Date, scope: CredentialScope, canonical: string): string {
  return [algorithm, formatAmzDate(signedAt), formatScope(scope), sha256Hex(canonical)].join("\n");
}

export function sha256Hex(data: string | Buffer): string {
  const hash = createHash("sha256");
  return (typeof data === "string" ? hash.update(data, "latin1") : hash.update(data)).digest("hex");
}

/** A header's value as signatures see it: trimmed, runs of white space as one space, empty when absent. */
export function headerValue(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name] ?? "";
  return (typeof value === "string" ? value : value.join(",")).trim().replace(/\s+/g, " ");
}

/** S3 keys may hold `//` and `..`, so S3 signs the path as it is; every other service normalises and encodes again. */
function canonicalPath(path: string, service: string): string {
  if (service === "s3") return encodePath(decodeBytes(path));
  return encodePath(removeDotSegments(path));
}

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${kept.join("/")}${trailing}`;
}

function canonicalQuery(query: Target["query"]): string {
  return query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encodeBytes(name), encodeBytes(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeBytes).join("/");
}

function encodeBytes(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9\-._~]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

function decodeBytes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

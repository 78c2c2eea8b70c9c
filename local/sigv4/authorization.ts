import type { IncomingHttpHeaders } from "node:http";
import { formatAmzDate, parseAmzDate } from "./amz-date.ts";
import { algorithm, type Target } from "./canonical.ts";
import { parseCredential, type ScopedCredential } from "./credential-scope.ts";
import { SigV4Error } from "./sigv4-error.ts";

/** What a request says of its own signature, read but not yet believed. */
export interface Authorization {
  readonly form: "header" | "query";
  readonly credential: ScopedCredential;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly signedAt: Date;
  /** Query form only. */
  readonly expiresInSeconds?: number;
  readonly sessionToken: string | undefined;
}

const longestPresignSeconds = 7 * 24 * 60 * 60;
const queryParameters = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
  "X-Amz-Expires",
] as const;

/** Whether a request claims any signature at all, even one of a kind that is refused, such as Signature Version 2. */
export function claimsSignature(headers: IncomingHttpHeaders, query: Target["query"]): boolean {
  return headers.authorization !== undefined || claimsQuerySignature(query);
}

function claimsQuerySignature(query: Target["query"]): boolean {
  return query.some(([name]) => name === "AWSAccessKeyId" || queryParameters.some((known) => known === name));
}

/** Reads whichever form the request uses; throws S3's code for a malformed one and for two at once. */
export function readAuthorization(headers: IncomingHttpHeaders, query: Target["query"]): Authorization {
  if (headers.authorization === undefined) return readQueryForm(query);
  if (claimsQuerySignature(query)) {
    throw new SigV4Error(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter " +
        "or the Authorization header should be specified",
    );
  }
  return readHeaderForm(headers, headers.authorization);
}

function readHeaderForm(headers: IncomingHttpHeaders, authorization: string): Authorization {
  const [scheme, ...rest] = authorization.trim().split(" ");
  if (scheme !== algorithm) throw unsupportedMechanism();
  const fields = new Map<string, string>();
  for (const part of rest.join(" ").split(",")) {
    const [, name, value] = /^\s*(Credential|SignedHeaders|Signature)=(\S+)\s*$/.exec(part) ?? [];
    if (!name || !value || fields.has(name))
      throw malformedHeader("expecting Credential, SignedHeaders and Signature, once each.");
    fields.set(name, value);
  }
  const field = (name: string) => {
    const value = fields.get(name);
    if (value === undefined) throw malformedHeader(`missing ${name}.`);
    return value;
  };
  const credential = parseCredential(field("Credential"));
  if (!credential) {
    throw malformedHeader(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const signedAt = headerDate(headers);
  if (formatAmzDate(signedAt).slice(0, 8) !== credential.date) {
    throw malformedHeader(`Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date.`);
  }
  const sessionToken = headers["x-amz-security-token"];
  return {
    form: "header",
    credential,
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    signedAt,
    sessionToken: typeof sessionToken === "string" ? sessionToken : undefined,
  };
}

function headerDate(headers: IncomingHttpHeaders): Date {
  const amzDate = headers["x-amz-date"];
  if (typeof amzDate === "string") {
    const date = parseAmzDate(amzDate);
    if (date) return date;
  } else if (headers.date !== undefined) {
    const date = parseAmzDate(headers.date) ?? new Date(headers.date);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw new SigV4Error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
}

function readQueryForm(query: Target["query"]): Authorization {
  if (query.some(([name]) => name === "AWSAccessKeyId")) throw unsupportedMechanism();
  const parameter = (name: (typeof queryParameters)[number]) => {
    const value = onlyValue(query, name);
    if (!value) {
      throw queryError(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, " +
          "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      );
    }
    return value;
  };
  if (parameter("X-Amz-Algorithm") !== algorithm) throw queryError(`X-Amz-Algorithm only supports "${algorithm}"`);
  const credential = parseCredential(parameter("X-Amz-Credential"));
  if (!credential) {
    throw queryError(
      "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting " +
        '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const date = parameter("X-Amz-Date");
  const signedAt = parseAmzDate(date);
  if (!signedAt) throw queryError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  if (!date.startsWith(credential.date)) {
    throw queryError(
      `Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date: "${date}".`,
    );
  }
  return {
    form: "query",
    credential,
    signedHeaders: parameter("X-Amz-SignedHeaders").split(";"),
    signature: parameter("X-Amz-Signature"),
    signedAt,
    expiresInSeconds: parseExpires(parameter("X-Amz-Expires")),
    sessionToken: onlyValue(query, "X-Amz-Security-Token"),
  };
}

function parseExpires(text: string): number {
  if (/^-\d+$/.test(text)) throw queryError("X-Amz-Expires must be non-negative");
  if (!/^\d+$/.test(text)) throw queryError("X-Amz-Expires should be a number");
  const seconds = Number(text);
  if (seconds > longestPresignSeconds) {
    throw queryError(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than " +
        `${longestPresignSeconds} seconds`,
    );
  }
  return seconds;
}

/** A parameter given twice could be read one way here and another way by a service, so it is refused. */
export function onlyValue(query: Target["query"], name: string): string | undefined {
  const values = query.filter(([given]) => given === name);
  if (values.length > 1) throw queryError(`${name} is given more than once.`);
  return values[0]?.[1];
}

function malformedHeader(why: string): SigV4Error {
  return new SigV4Error("AuthorizationHeaderMalformed", `The authorization header is malformed; ${why}`);
}

function queryError(message: string): SigV4Error {
  return new SigV4Error("AuthorizationQueryParametersError", message);
}

function unsupportedMechanism(): SigV4Error {
  return new SigV4Error(
    "InvalidRequest",
    `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
  );
}

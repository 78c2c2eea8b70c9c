import { parseAmzDate } from "./amz-date.ts";
import { algorithm, type Target } from "./canonical.ts";
import { parseCredential } from "./credential-scope.ts";
import { SigV4Error, unsupportedMechanism } from "./sigv4-error.ts";
import type { ClaimedSignature } from "./types.ts";

const longestPresignSeconds = 7 * 24 * 60 * 60;
const queryParameters = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
  "X-Amz-Expires",
] as const;

/** Whether a query claims a signature of any kind. */
export function claimsQuerySignature(query: Target["query"]): boolean {
  return query.some(([name]) => name === "AWSAccessKeyId" || queryParameters.some((known) => known === name));
}

/** Reads a presigned URL's parameters; throws AuthorizationQueryParametersError, or InvalidRequest for Signature Version 2. */
export function readQueryForm(query: Target["query"]): ClaimedSignature {
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

function queryError(message: string): SigV4Error {
  return new SigV4Error("AuthorizationQueryParametersError", message);
}

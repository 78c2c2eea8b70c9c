import type { IncomingHttpHeaders } from "node:http";
import { formatAmzDate, parseAmzDate } from "./amz-date.ts";
import { algorithm } from "./canonical.ts";
import { parseCredential } from "./credential-scope.ts";
import { SigV4Error, unsupportedMechanism } from "./sigv4-error.ts";
import type { ClaimedSignature } from "./types.ts";

/** Reads the Authorization header and what belongs to it; throws AuthorizationHeaderMalformed, InvalidRequest or AccessDenied. */
export function readHeaderForm(headers: IncomingHttpHeaders, authorization: string): ClaimedSignature {
  const [scheme, ...rest] = authorization.trim().split(" ");
  if (scheme !== algorithm) throw unsupportedMechanism();
  const fields = new Map<string, string>();
  for (const part of rest.join(" ").split(",")) {
    const [, name, value] = /^\s*(Credential|SignedHeaders|Signature)=(\S+)\s*$/.exec(part) ?? [];
    if (!name || !value || fields.has(name)) throw malformedHeader("expecting each of its three fields once.");
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

function malformedHeader(why: string): SigV4Error {
  return new SigV4Error("AuthorizationHeaderMalformed", `The authorization header is malformed; ${why}`);
}

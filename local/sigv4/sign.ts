import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "../iam/types.ts";
import { formatAmzDate } from "./amz-date.ts";
import { algorithm, canonicalRequest, parseTarget, stringToSign } from "./canonical.ts";
import { formatScope } from "./credential-scope.ts";
import { signatureOf, signingKey } from "./signing-key.ts";

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names; every one of them is signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly service: string;
  readonly region: string;
  readonly now: Date;
  /** Hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

/** The given headers with those that Signature Version 4 adds, `host` among them. */
export function signHeaders(request: RequestToSign): Record<string, string> {
  const { credentials, now, payloadHash, service, region } = request;
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": formatAmzDate(now),
    ...(credentials.sessionToken !== undefined && { "x-amz-security-token": credentials.sessionToken }),
  };
  const scope = { date: formatAmzDate(now).slice(0, 8), region, service };
  const signedHeaders = Object.keys(headers).sort();
  const canonical = canonicalRequest({
    method: request.method,
    target: parseTarget(`${request.url.pathname}${request.url.search}`),
    headers: headers satisfies IncomingHttpHeaders,
    signedHeaders,
    payloadHash,
    service,
  });
  const key = signingKey(credentials.secretAccessKey, scope);
  const signature = signatureOf(key, stringToSign(now, scope, canonical));
  const credential = `${credentials.accessKeyId}/${formatScope(scope)}`;
  const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

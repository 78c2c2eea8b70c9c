import { hash } from "node:crypto";
import { type Credentials, keepSession, keepTime, lifetimeOf, type SignerOptions } from "./sigv4-session.ts";

export interface UnsignedRequest {
  readonly method: string;
  /** Percent-encoded, once. */
  readonly path: string;
  /** Names in lower case, `host` among them; values without surrounding or doubled spaces. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** `name=value`, encoded; it must sort behind every `X-Amz-…`, so that the canonical order needs no sorting. */
  readonly queryTail: string;
}

export interface SignedQuery {
  readonly query: string;
  /** No later than asked; earlier when the credentials expire first. */
  readonly expiresAt: Date;
}

/**
 * Signature Version 4 in the query string over an unsigned payload, good for `expiresAt - now` seconds.
 * Throws RangeError for a lifetime that AWS refuses (none, or over 7 days).
 */
export function createQuerySigner(options: SignerOptions) {
  const timeOf = keepTime();
  const sessionOf = keepSession(options, ({ scope, credential, sessionToken, sign }) => ({
    scope,
    sign,
    queryHead: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Credential=${encodeURIComponent(credential)}`,
    tokenParameter: sessionToken ? `&X-Amz-Security-Token=${encodeURIComponent(sessionToken)}` : "",
  }));

  return (request: UnsignedRequest, credentials: Credentials, expiresAt: Date): SignedQuery => {
    const signedAt = Math.floor(options.now().getTime() / 1000);
    const lifetime = lifetimeOf(signedAt, expiresAt, credentials.expiration);
    const time = timeOf(signedAt);
    const { scope, sign, queryHead, tokenParameter } = sessionOf(credentials, time.slice(0, 8));

    const names = Object.keys(request.headers).sort();
    const signedHeaders = names.join(";");
    const query = `${queryHead}&X-Amz-Date=${time}&X-Amz-Expires=${lifetime}${tokenParameter}&X-Amz-SignedHeaders=${names.join("%3B")}&${request.queryTail}`;
    const canonicalHeaders = names.map((name) => `${name}:${request.headers[name]}\n`).join("");
    const canonicalRequest = `${request.method}\n${request.path}\n${query}\n${canonicalHeaders}\n${signedHeaders}\nUNSIGNED-PAYLOAD`;
    const stringToSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonicalRequest)}`;
    return {
      query: `${query}&X-Amz-Signature=${sign(stringToSign)}`,
      expiresAt: new Date((signedAt + lifetime) * 1000),
    };
  };
}

import { createHmac, hash } from "node:crypto";

/** What AWS's credential providers resolve to. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface QuerySignerOptions {
  readonly region: string;
  readonly service: string;
  readonly now: () => Date;
}

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

const longestLifetime = 7 * 24 * 60 * 60;

/**
 * Signature Version 4 in the query string over an unsigned payload, good for `expiresAt - now` seconds.
 * Throws RangeError for a lifetime that AWS refuses (none, or over 7 days).
 */
export function createQuerySigner({ region, service, now }: QuerySignerOptions) {
  const sessionOf = keepSession(region, service);
  const timeOf = keepTime();

  return (request: UnsignedRequest, credentials: Credentials, expiresAt: Date): SignedQuery => {
    const signedAt = Math.floor(now().getTime() / 1000);
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

function lifetimeOf(signedAt: number, expiresAt: Date, credentialsExpireAt: Date | undefined): number {
  const until = Math.min(expiresAt.getTime(), credentialsExpireAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const lifetime = Math.floor(until / 1000) - signedAt;
  if (lifetime >= 1 && lifetime <= longestLifetime) return lifetime;
  throw new RangeError(`A presigned request lives between a second and seven days; got ${lifetime} s`);
}

/** `20260102T030405Z`, kept because a second sees many requests. */
function keepTime() {
  let kept = { epochSeconds: Number.NaN, text: "" };
  return (epochSeconds: number): string => {
    if (kept.epochSeconds !== epochSeconds) {
      const extended = new Date(epochSeconds * 1000).toISOString();
      kept = { epochSeconds, text: `${extended.slice(0, 19).replaceAll(/[-:]/g, "")}Z` };
    }
    return kept.text;
  };
}

interface Session {
  readonly scope: string;
  readonly sign: (stringToSign: string) => string;
  readonly queryHead: string;
  readonly tokenParameter: string;
}

/** Keeps what is the same for every request until the day or the credentials change. */
function keepSession(region: string, service: string) {
  let kept: (Session & { secretAccessKey: string; sessionToken: string | undefined; day: string }) | undefined;
  return ({ accessKeyId, secretAccessKey, sessionToken }: Credentials, day: string): Session => {
    if (kept?.secretAccessKey !== secretAccessKey || kept.sessionToken !== sessionToken || kept.day !== day) {
      const scope = `${day}/${region}/${service}/aws4_request`;
      kept = {
        secretAccessKey,
        sessionToken,
        day,
        scope,
        sign: hmacSha256(signingKey(secretAccessKey, [day, region, service, "aws4_request"])),
        queryHead: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Credential=${encodeURIComponent(`${accessKeyId}/${scope}`)}`,
        tokenParameter: sessionToken ? `&X-Amz-Security-Token=${encodeURIComponent(sessionToken)}` : "",
      };
    }
    return kept;
  };
}

function signingKey(secretAccessKey: string, scope: string[]): Buffer {
  const sign = (key: Buffer, part: string) => createHmac("sha256", key).update(part).digest();
  return scope.reduce(sign, Buffer.from(`AWS4${secretAccessKey}`));
}

/**
 * HMAC-SHA-256 (RFC 2104) of ASCII, in hex. It rests on one-shot hashes, because each `createHmac` makes an object that
 * looks the algorithm up and waits for the garbage collector: in a busy server that costs several times what both hashes do.
 */
function hmacSha256(key: Buffer): (text: string) => string {
  const padded = (padding: number) =>
    Buffer.from(Array.from({ length: 64 }, (_, index) => padding ^ (key[index] ?? 0)));
  const inner = padded(0x36).toString("latin1");
  const outer = padded(0x5c).toString("latin1");
  const digest = (text: string, encoding: "binary" | "hex") => hash("sha256", Buffer.from(text, "latin1"), encoding);
  return (text) => digest(outer + digest(inner + text, "binary"), "hex");
}

import { createHmac, hash } from "node:crypto";

/** What AWS's credential providers resolve to. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Where and what for a signer signs. */
export interface SignerOptions {
  readonly region: string;
  readonly service: string;
  readonly now: () => Date;
}

/** What Signature Version 4 does with one set of credentials throughout one day. */
export interface SigningSession {
  /** `20260102/eu-central-1/s3/aws4_request` */
  readonly scope: string;
  /** The access key's id and the scope. */
  readonly credential: string;
  readonly sessionToken: string | undefined;
  /** The signature of ASCII text, in hex. */
  readonly sign: (text: string) => string;
}

/** Keeps what is the same for every request until the day or the credentials change, and what a signer makes of it. */
export function keepSession<T>({ region, service }: SignerOptions, derive: (session: SigningSession) => T) {
  let kept: { made: T; secretAccessKey: string; sessionToken: string | undefined; day: string } | undefined;
  return ({ accessKeyId, secretAccessKey, sessionToken }: Credentials, day: string): T => {
    if (kept?.secretAccessKey !== secretAccessKey || kept.sessionToken !== sessionToken || kept.day !== day) {
      const scope = `${day}/${region}/${service}/aws4_request`;
      const sign = hmacSha256(signingKey(secretAccessKey, [day, region, service, "aws4_request"]));
      const made = derive({ scope, credential: `${accessKeyId}/${scope}`, sessionToken, sign });
      kept = { made, secretAccessKey, sessionToken, day };
    }
    return kept.made;
  };
}

const longestLifetime = 7 * 24 * 60 * 60;

/** Whole seconds, no more than the credentials have left. Throws RangeError for what AWS refuses: none, or over 7 days. */
export function lifetimeOf(signedAt: number, expiresAt: Date, credentialsExpireAt: Date | undefined): number {
  const until = Math.min(expiresAt.getTime(), credentialsExpireAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const lifetime = Math.floor(until / 1000) - signedAt;
  if (lifetime >= 1 && lifetime <= longestLifetime) return lifetime;
  throw new RangeError(`A presigned request lives between a second and seven days; got ${lifetime} s`);
}

/** `20260102T030405Z`, kept because a second sees many requests. */
export function keepTime() {
  let kept = { epochSeconds: Number.NaN, text: "" };
  return (epochSeconds: number): string => {
    if (kept.epochSeconds !== epochSeconds) {
      const extended = new Date(epochSeconds * 1000).toISOString();
      kept = { epochSeconds, text: `${extended.slice(0, 19).replaceAll(/[-:]/g, "")}Z` };
    }
    return kept.text;
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

import { type KeyObject, verify } from "node:crypto";
import { LRUCache } from "lru-cache";
import { refusal } from "./edge-error.ts";
import { cannedPolicy, readPolicy, type SignedPolicy } from "./signed-policy.ts";
import type { HashAlgorithm, SigningParameters } from "./signing-parameters.ts";

/** Verified signatures that are remembered, so that the pictures of one page cost one verification. */
const mostRemembered = 10_000;

/** What the signature is asked to open. */
export interface SignedRequest {
  /** Without signing parameters. */
  readonly url: string;
  readonly clientIp: string;
  readonly now: Date;
}

/** Keys by id, as they are at the moment: a rotation changes them while the edge serves. */
type TrustedKeys = Pick<ReadonlyMap<string, KeyObject>, "get">;

/** Checks signatures against the keys of one behaviour's key groups. */
export class SignatureVerifier {
  readonly #keys: TrustedKeys;
  readonly #verified = new LRUCache<string, SignedPolicy>({ max: mostRemembered });

  constructor(keys: TrustedKeys) {
    this.#keys = keys;
  }

  /** Throws CloudFront's refusal unless the parameters hold a policy, signed by a trusted key, that allows the request. */
  check(parameters: SigningParameters, { url, clientIp, now }: SignedRequest): void {
    const policy = this.#policyOf(parameters, url);
    const seconds = now.getTime() / 1000;
    const allowed =
      policy.covers(url) &&
      seconds < policy.notAfter &&
      (policy.notBefore === undefined || seconds > policy.notBefore) &&
      (policy.from === undefined || policy.from.contains(clientIp));
    if (!allowed) throw refusal("AccessDenied");
  }

  #policyOf({ keyPairId, signature, hashAlgorithm, grant }: SigningParameters, url: string): SignedPolicy {
    const key = this.#keys.get(keyPairId);
    if (key === undefined) throw refusal("InvalidKey");
    const text = grant.kind === "canned" ? cannedPolicy(url, grant.expires) : decodeText(grant.policy);
    const name = JSON.stringify([keyPairId, hashAlgorithm, signature, text]);
    const known = this.#verified.get(name);
    if (known !== undefined) return known;
    const policy = grant.kind === "canned" ? covering(url, grant.expires) : readPolicy(text);
    if (!isSignedBy(key, hashAlgorithm, text, signature)) throw refusal("AccessDenied");
    this.#verified.set(name, policy);
    return policy;
  }
}

function covering(url: string, expires: number): SignedPolicy {
  return { covers: (asked) => asked === url, notBefore: undefined, notAfter: expires, from: undefined };
}

function isSignedBy(key: KeyObject, hashAlgorithm: HashAlgorithm, text: string, signature: string): boolean {
  const bytes = decodeBase64(signature);
  return bytes !== undefined && verify(hashAlgorithm, Buffer.from(text), { key, dsaEncoding: "der" }, bytes);
}

function decodeText(encoded: string): string {
  const bytes = decodeBase64(encoded);
  if (bytes === undefined) throw refusal("MalformedPolicy");
  return bytes.toString("utf8");
}

/** CloudFront's base64, in which no character needs escaping in a URL; undefined for what is not in its one right form. */
function decodeBase64(encoded: string): Buffer | undefined {
  if (/[+/=]/.test(encoded)) return undefined;
  const standard = encoded.replaceAll("-", "+").replaceAll("~", "/").replaceAll("_", "=");
  const bytes = Buffer.from(standard, "base64");
  return bytes.toString("base64") === standard ? bytes : undefined;
}

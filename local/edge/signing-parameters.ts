import type { IncomingHttpHeaders } from "node:http";
import { argumentsOf, cookiesOf } from "../firewall/request.ts";
import { refusal } from "./edge-error.ts";

export type HashAlgorithm = "SHA1" | "SHA256";

/** What a viewer shows to be let in, from the URL or from cookies. */
export interface SigningParameters {
  readonly keyPairId: string;
  /** In CloudFront's base64. */
  readonly signature: string;
  readonly hashAlgorithm: HashAlgorithm;
  readonly grant:
    | { readonly kind: "custom" /** In CloudFront's base64. */; readonly policy: string }
    | { readonly kind: "canned" /** Seconds since 1970. */; readonly expires: number };
}

const names = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"] as const;
type Name = (typeof names)[number];
const cookiePrefix = "CloudFront-";

/**
 * What a request shows; throws CloudFront's refusal when a part is missing, or stands in the URL twice.
 * A URL that has any of the parameters counts alone: cookies do not fill its gaps.
 */
export function signingParameters(query: string, headers: IncomingHttpHeaders): SigningParameters {
  const inUrl = argumentsOf(query).filter(([name]) => isName(name));
  if (new Set(inUrl.map(([name]) => name)).size < inUrl.length) throw refusal("AccessDenied");
  if (inUrl.length > 0) return complete(new Map(inUrl.map(([name, value]) => [name, decode(value)])));
  const inCookies = new Map<string, string>();
  for (const [name, value] of cookiesOf(headers)) {
    const bare = name.startsWith(cookiePrefix) ? name.slice(cookiePrefix.length) : "";
    // Browsers send the cookie of the longest path first, and it is the one that was meant for here.
    if (isName(bare) && !inCookies.has(bare)) inCookies.set(bare, value);
  }
  return complete(inCookies);
}

/** A query without its signing parameters, which neither cache nor origin may see. */
export function withoutSigningParameters(query: string): string {
  return query
    .split("&")
    .filter((pair) => !isName(pair.split("=", 1)[0] ?? ""))
    .join("&");
}

/** A `Cookie` header without the signed cookies; undefined when nothing is left. */
export function withoutSignedCookies(cookie: string | undefined): string | undefined {
  const rest = (cookie ?? "").split(/;\s*/).filter((pair) => {
    const name = pair.split("=", 1)[0] ?? "";
    return pair !== "" && !(name.startsWith(cookiePrefix) && isName(name.slice(cookiePrefix.length)));
  });
  return rest.length > 0 ? rest.join("; ") : undefined;
}

function complete(found: ReadonlyMap<string, string>): SigningParameters {
  const get = (name: Name) => found.get(name) || undefined;
  const keyPairId = get("Key-Pair-Id");
  if (keyPairId === undefined) throw refusal("MissingKey");
  const signature = get("Signature");
  if (signature === undefined) throw refusal("MissingSignature");
  const hashAlgorithm = found.get("Hash-Algorithm") ?? "SHA1";
  if (hashAlgorithm !== "SHA1" && hashAlgorithm !== "SHA256") throw refusal("AccessDenied");
  return { keyPairId, signature, hashAlgorithm, grant: grantOf(get("Policy"), get("Expires")) };
}

function grantOf(policy: string | undefined, expires: string | undefined): SigningParameters["grant"] {
  if (policy !== undefined) return { kind: "custom", policy };
  if (expires === undefined) throw refusal("MissingPolicy");
  if (!/^[1-9]\d{0,10}$/.test(expires)) throw refusal("MalformedPolicy");
  return { kind: "canned", expires: Number(expires) };
}

function isName(name: string): name is Name {
  return names.some((known) => known === name);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw refusal("AccessDenied");
  }
}

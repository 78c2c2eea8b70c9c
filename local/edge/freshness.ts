import type { CachePolicy } from "./cache-policy.ts";
import { type Headers, single } from "./headers.ts";

/** Successes and redirects that CloudFront keeps. */
const kept = new Set([200, 301, 308]);

/** Errors that CloudFront keeps whatever the origin says; others it keeps when told to. */
const keptErrors = new Set([404, 410, 414, 500, 501, 502, 503, 504]);

/** How long CloudFront keeps an error where the distribution says nothing. */
const defaultErrorTtl = 10;

export interface ErrorCaching {
  /** `errorCachingMinTtl` of the custom error response; undefined where none is declared for the status. */
  readonly minTtl: number | undefined;
  readonly declared: boolean;
}

/** For how many seconds a response may be served without asking again: 0 must ask each time, undefined is not to be kept. */
export function timeToLive(
  policy: CachePolicy,
  response: { readonly status: number; readonly headers: Headers },
  errors: ErrorCaching,
  now: Date,
): number | undefined {
  const directives = cacheControl(response.headers);
  const asked = askedFor(directives, response.headers, now);
  if (response.status >= 400) {
    const explicit = directives.has("max-age") || directives.has("s-maxage");
    if (!keptErrors.has(response.status) && !errors.declared && !explicit) return undefined;
    const seconds = Math.max(errors.minTtl ?? defaultErrorTtl, asked ?? 0);
    // Where nothing is kept at all, viewers share no answer on its way either.
    return seconds === 0 && policy.maxTtl === 0 ? undefined : seconds;
  }
  if (!kept.has(response.status) || policy.maxTtl === 0) return undefined;
  const refuses = ["no-store", "private", "no-cache"].some((directive) => directives.has(directive));
  // A minimum TTL is stronger than the origin's refusal.
  if (refuses) return policy.minTtl > 0 ? policy.minTtl : undefined;
  if (asked === undefined) return Math.max(policy.minTtl, policy.defaultTtl);
  return Math.min(Math.max(asked, policy.minTtl), policy.maxTtl);
}

function askedFor(directives: ReadonlyMap<string, string>, headers: Headers, now: Date): number | undefined {
  const age = directives.get("s-maxage") ?? directives.get("max-age");
  if (age !== undefined && /^\d{1,10}$/.test(age)) return Number(age);
  const expires = single(headers, "expires");
  if (expires === undefined) return undefined;
  const at = Date.parse(expires);
  // As HTTP has it, an `Expires` that is no date means "already expired".
  return Number.isNaN(at) ? 0 : Math.max(0, Math.floor((at - now.getTime()) / 1000));
}

function cacheControl(headers: Headers): ReadonlyMap<string, string> {
  const directives = (single(headers, "cache-control") ?? "").split(",").map((directive) => {
    const [name = "", value = ""] = directive.trim().split("=", 2);
    return [name.toLowerCase(), value.replaceAll('"', "")] as const;
  });
  return new Map(directives);
}

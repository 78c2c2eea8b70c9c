import { Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import { Behavior, Items, none, type Selection, selection } from "./selection.ts";

/** How long a behaviour keeps what, and what makes two requests ask for the same. TTLs in seconds. */
export interface CachePolicy {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  /** Encodings that the viewer's `Accept-Encoding` is reduced to in the key. */
  readonly encodings: readonly ("br" | "gzip")[];
  readonly headers: Selection;
  readonly cookies: Selection;
  readonly queryStrings: Selection;
}

const closed = { additionalProperties: false };
const Ttl = Type.Optional(Type.Integer({ minimum: 0 }));

const Inputs = Type.Object({
  defaultTtl: Ttl,
  maxTtl: Ttl,
  minTtl: Ttl,
  parametersInCacheKeyAndForwardedToOrigin: Type.Object(
    {
      cookiesConfig: Type.Object({ cookieBehavior: Behavior, cookies: Items }, closed),
      enableAcceptEncodingBrotli: Type.Optional(Type.Boolean()),
      enableAcceptEncodingGzip: Type.Optional(Type.Boolean()),
      headersConfig: Type.Object(
        { headerBehavior: Type.Optional(Type.Enum(["none", "whitelist"])), headers: Items },
        closed,
      ),
      queryStringsConfig: Type.Object({ queryStringBehavior: Behavior, queryStrings: Items }, closed),
    },
    closed,
  ),
});

const day = 86_400;
const year = 365 * day;
const keyless = { cookies: none, headers: none, queryStrings: none };
const optimized = { ...keyless, minTtl: 1, defaultTtl: day, maxTtl: year };
/** CloudFront's managed policies, by the ids that they have in every account; those that send on `Host` suit no bucket. */
const managed: Readonly<Record<string, CachePolicy>> = {
  // CachingOptimized
  "658327ea-f89d-4fab-a63d-7e88639e58f6": { ...optimized, encodings: ["br", "gzip"] },
  // CachingOptimizedForUncompressedObjects
  "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": { ...optimized, encodings: [] },
  // CachingDisabled
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": { ...keyless, minTtl: 0, defaultTtl: 0, maxTtl: 0, encodings: [] },
};

/** The cache policy of an id; throws an Error for one that is neither declared nor CloudFront's own. */
export function cachePolicy(recording: Recording, id: string): CachePolicy {
  const own = managed[id];
  if (own !== undefined) return own;
  const resource = resourcesOf(recording, "aws:cloudfront/cachePolicy:CachePolicy").find((policy) => policy.id === id);
  if (resource === undefined) throw new Error(`cache policy ${id} is neither declared nor a managed one known here`);
  const { defaultTtl = day, maxTtl = year, minTtl = 0, ...inputs } = parseInputs(Inputs, resource);
  const parameters = inputs.parametersInCacheKeyAndForwardedToOrigin;
  const { cookiesConfig, headersConfig, queryStringsConfig } = parameters;
  return {
    minTtl,
    defaultTtl,
    maxTtl,
    encodings: [
      ...(parameters.enableAcceptEncodingBrotli ? (["br"] as const) : []),
      ...(parameters.enableAcceptEncodingGzip ? (["gzip"] as const) : []),
    ],
    headers: selection(
      headersConfig.headerBehavior ?? "none",
      headersConfig.headers?.items?.map((name) => name.toLowerCase()),
    ),
    cookies: selection(cookiesConfig.cookieBehavior, cookiesConfig.cookies?.items),
    queryStrings: selection(queryStringsConfig.queryStringBehavior, queryStringsConfig.queryStrings?.items),
  };
}

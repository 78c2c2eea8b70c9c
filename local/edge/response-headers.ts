import type { Headers } from "./headers.ts";
import type { ResponseHeadersPolicy } from "./response-headers-policy.ts";
import { wildcard } from "./wildcard.ts";

/** The asking page, as far as CORS looks at it. */
export interface CorsRequest {
  readonly method: string;
  readonly origin: string | undefined;
}

/** A response's headers after a policy: removed first, then CORS, then what it sets. */
export function applyPolicy(policy: ResponseHeadersPolicy, headers: Headers, request: CorsRequest): Headers {
  const result: Headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !policy.remove.includes(name)));
  if (policy.cors !== undefined && request.origin !== undefined) {
    applyCors(policy.cors, result, { method: request.method, origin: request.origin });
  }
  for (const { name, value, override } of policy.set) {
    if (override || result[name] === undefined) result[name] = value;
  }
  return result;
}

type Cors = NonNullable<ResponseHeadersPolicy["cors"]>;

function applyCors(cors: Cors, headers: Headers, { method, origin }: { method: string; origin: string }): void {
  const own = Object.keys(headers).filter((name) => name.startsWith("access-control-"));
  // Whose word counts is all or nothing: a mixture of both would allow what neither meant to.
  if (own.length > 0 && !cors.originOverride) return;
  for (const name of own) delete headers[name];
  const origins = cors.accessControlAllowOrigins.items ?? [];
  const everybody = origins.includes("*");
  if (!everybody) headers.vary = [headers.vary ?? [], "Origin"].flat().join(", ");
  if (!everybody && !origins.some((allowed) => wildcard(allowed)(origin))) return;
  headers["access-control-allow-origin"] = everybody ? "*" : origin;
  if (cors.accessControlAllowCredentials) headers["access-control-allow-credentials"] = "true";
  const lists =
    method === "OPTIONS"
      ? ([
          ["access-control-allow-methods", cors.accessControlAllowMethods],
          ["access-control-allow-headers", cors.accessControlAllowHeaders],
        ] as const)
      : ([["access-control-expose-headers", cors.accessControlExposeHeaders]] as const);
  for (const [name, list] of lists) if (list?.items?.length) headers[name] = list.items.join(", ");
  if (method === "OPTIONS" && cors.accessControlMaxAgeSec !== undefined) {
    headers["access-control-max-age"] = String(cors.accessControlMaxAgeSec);
  }
}

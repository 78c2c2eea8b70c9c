import type { IncomingHttpHeaders } from "node:http";
import { argumentsOf, cookiesOf } from "../firewall/request.ts";
import type { Behaviour } from "./distribution.ts";
import { endToEnd, type Headers, single } from "./headers.ts";
import type { OriginRequestPolicy } from "./origin-request-policy.ts";
import { takes } from "./selection.ts";
import { withoutSignedCookies } from "./signing-parameters.ts";
import type { ViewerRequest } from "./viewer-request.ts";

/** One request to an origin, as the behaviour's policies make it of a viewer's. */
export interface OriginRequest {
  readonly behaviour: Behaviour;
  readonly method: string;
  /** Without the origin's own path. */
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  /** Two requests of the same key ask for the same. */
  readonly cacheKey: string;
  /** The encoding in which the viewer would take the body, of those that are in the key. */
  readonly encoding: "br" | "gzip" | undefined;
}

/** Builds it; a body brings its type and length along, whatever the policies say. */
export function originRequest(behaviour: Behaviour, viewer: ViewerRequest, withBody: boolean): OriginRequest {
  const { cachePolicy, originRequestPolicy } = behaviour;
  const pick = (policies: readonly OriginRequestPolicy[]) => ({
    query: argumentsOf(viewer.query)
      .filter(([name]) => policies.some(({ queryStrings }) => takes(queryStrings, name)))
      .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
      .join("&"),
    cookies: cookiesOf({ cookie: withoutSignedCookies(single(viewer.headers, "cookie")) ?? "" })
      .filter(([name]) => policies.some(({ cookies }) => takes(cookies, name)))
      .map(([name, value]) => `${name}=${value}`)
      .join("; "),
    headers: Object.fromEntries(
      Object.entries(endToEnd(viewer.headers)).filter(
        ([name]) => !ownBusiness.has(name) && policies.some(({ headers }) => takes(headers, name)),
      ),
    ),
  });
  const keyed = pick([cachePolicy]);
  const sent = pick([cachePolicy, originRequestPolicy]);
  const encoding = preferredEncoding(cachePolicy.encodings, single(viewer.headers, "accept-encoding"));
  return {
    behaviour,
    method: viewer.method,
    path: viewer.path,
    query: sent.query,
    headers: {
      ...(withBody && bodyHeaders(viewer.headers)),
      ...sent.headers,
      ...(behaviour.origin.custom && { "x-forwarded-for": forwardedFor(viewer) }),
      ...(sent.cookies !== "" && { cookie: sent.cookies }),
      ...(encoding && { "accept-encoding": encoding }),
    },
    cacheKey: JSON.stringify([behaviour.origin.id, viewer.path, keyed.query, keyed.cookies, keyed.headers, encoding]),
    encoding,
  };
}

/** What the viewer says of it stays, and the viewer's own address comes last. */
function forwardedFor({ headers, clientIp }: ViewerRequest): string {
  const said = single(headers, "x-forwarded-for");
  return said === undefined ? clientIp : `${said}, ${clientIp}`;
}

/** Handled by the cache or written anew for the origin, so never passed on by a policy. */
const ownBusiness = new Set([
  "accept-encoding",
  "content-length",
  "cookie",
  "expect",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
]);

function bodyHeaders(headers: IncomingHttpHeaders): Headers {
  const { "content-type": type, "content-length": length } = headers;
  return { ...(type && { "content-type": type }), ...(length && { "content-length": length }) };
}

/** CloudFront knows only these two and prefers the first, whatever the viewer's weights. */
function preferredEncoding<Encoding extends string>(
  known: readonly Encoding[],
  accepted: string | undefined,
): Encoding | undefined {
  const offers = (accepted ?? "").split(",").map((offer) =>
    offer
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  );
  return known.find((encoding) => offers.some(([name, ...rest]) => name === encoding && !rest.includes("q=0")));
}

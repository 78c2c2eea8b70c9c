import type { InjectOptions } from "fastify";
import type { HttpApiEvent } from "./event.ts";

export interface RequestFacts {
  /** Lambda's own, by which its log and the gateway's know the invocation. */
  readonly requestId: string;
  /** Whether nobody but the edge gets through, so that what it says of the viewer's address can be believed. */
  readonly behindEdge: boolean;
}

/** The request that a gateway's event tells of, to the letter where the event still has the letters. */
export function requestOf(event: HttpApiEvent, { requestId, behindEdge }: RequestFacts): InjectOptions {
  const { rawPath, rawQueryString, cookies, headers, body, isBase64Encoded, requestContext } = event;
  const { method, sourceIp } = requestContext.http;
  return {
    method,
    url: encodePath(rawPath) + (rawQueryString && `?${rawQueryString}`),
    headers: {
      "x-request-id": requestId,
      ...headers,
      ...(cookies && { cookie: cookies.join("; ") }),
    },
    remoteAddress: behindEdge ? viewerAddress(headers["x-forwarded-for"], sourceIp) : sourceIp,
    ...(body !== undefined && { payload: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") }),
  };
}

/**
 * The gateway undoes the percent-encoding of paths. What could not stand in one is encoded again, so that a `?` of a path
 * begins no query; what could is left alone.
 */
function encodePath(path: string): string {
  return path
    .toWellFormed()
    .replace(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/giu, (character) => encodeURIComponent(character));
}

/**
 * CloudFront adds the viewer's address at the end of `X-Forwarded-For`, and the gateway may add CloudFront's after it. What
 * stands further to the left is the viewer's own say.
 */
function viewerAddress(forwardedFor = "", edgeAddress: string): string {
  const addresses = forwardedFor.split(",").map((address) => address.trim());
  if (addresses.at(-1) === edgeAddress) addresses.pop();
  return addresses.at(-1) || edgeAddress;
}

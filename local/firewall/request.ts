import type { IncomingHttpHeaders } from "node:http";

/** What the web ACL sees of a viewer's request. Texts are latin1, one character per byte of the wire. */
export interface InspectedRequest {
  readonly clientIp: string;
  /** ISO 3166-1 alpha-2; undefined where nobody can know it, as on loopback. */
  readonly country: string | undefined;
  readonly method: string;
  /** As it came: percent-encoded, not normalised. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: InspectedBody;
}

/** The first bytes of a body, as many as AWS WAF inspects. */
export interface InspectedBody {
  readonly text: string;
  readonly truncated: boolean;
}

export const noBody: InspectedBody = { text: "", truncated: false };

/** Name and value of each cookie, in order. */
export function cookiesOf(headers: IncomingHttpHeaders): [name: string, value: string][] {
  return pairs(headers.cookie ?? "", /;\s*/);
}

/** Name and value of each query argument, as they came. */
export function argumentsOf(query: string): [name: string, value: string][] {
  return pairs(query, "&");
}

function pairs(text: string, separator: string | RegExp): [string, string][] {
  return text
    .split(separator)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    });
}

import type { IncomingHttpHeaders } from "node:http";

/** A request whose body has been read, path and query apart. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Tokens and pages of one user: no cache may keep them. */
export const uncached = { "cache-control": "no-store", pragma: "no-cache" };

export function jsonReply(status: number, value: unknown, headers: HttpReply["headers"] = uncached): HttpReply {
  return {
    status,
    headers: { "content-type": "application/json;charset=UTF-8", ...headers },
    body: JSON.stringify(value),
  };
}

export function redirect(location: string, headers: HttpReply["headers"] = {}): HttpReply {
  return { status: 302, headers: { location, ...uncached, ...headers }, body: "" };
}

export function cookieOf(request: HttpRequest, name: string): string | undefined {
  const prefix = `${name}=`;
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length);
}

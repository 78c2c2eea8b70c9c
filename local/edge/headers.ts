import type { IncomingHttpHeaders } from "node:http";

/** Names in lower case. */
export type Headers = Record<string, string | string[]>;

/** They belong to one connection, or the server writes them itself. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export function isHopByHop(name: string): boolean {
  return hopByHop.has(name);
}

/** The headers of a message that go on to the next hop. */
export function endToEnd(headers: IncomingHttpHeaders): Headers {
  const listed = new Set((headers.connection ?? "").toLowerCase().split(/\s*,\s*/));
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || hopByHop.has(name) || listed.has(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}

/** A header that has one value; undefined when it is absent. */
export function single(headers: Headers | IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.join(", ");
}

export function without(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { viewerAddress } from "../firewall/address-set.ts";
import { refusal, unsatisfied } from "./edge-error.ts";

/** CloudFront's own limit, in bytes. */
const longestUrl = 8192;

/** One viewer's request as it came, before anything of it is believed. */
export interface ViewerRequest {
  /** `X-Amz-Cf-Id`. */
  readonly id: string;
  readonly method: string;
  /** `https://d….cloudfront.net`, as URLs of this request begin. */
  readonly origin: string;
  /** Percent-encoded, as it came. */
  readonly path: string;
  /** Without the question mark, as it came. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly clientIp: string;
}

/** Scheme by name of the host: loopback stands for TLS, but its URLs say `http`. */
export type Hosts = ReadonlyMap<string, "http" | "https">;

/** Reads a request; throws an EdgeError for one that CloudFront would not take in. */
export function readViewerRequest(message: IncomingMessage, id: string, hosts: Hosts): ViewerRequest {
  const target = message.url ?? "";
  if (target.length > longestUrl) throw unsatisfied(414, "The URL is too long.");
  if (!target.startsWith("/") || /%(?![0-9a-f]{2})/i.test(target)) throw unsatisfied(400, "Bad request.");
  const host = message.headers.host?.toLowerCase() ?? "";
  const scheme = hosts.get(host);
  // CloudFront finds the distribution by this name. Taking any name here would let a policy signed for another
  // distribution of the same key group count for this one.
  if (scheme === undefined) throw unsatisfied(403, "No distribution answers to this host name.");
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  refuseDotSegments(path);
  return {
    id,
    method: message.method ?? "GET",
    origin: `${scheme}://${host}`,
    path,
    query: mark === -1 ? "" : target.slice(mark + 1),
    headers: message.headers,
    clientIp: viewerAddress(message.socket.remoteAddress),
  };
}

/**
 * `media/{id}/../other` lies within `media/{id}/*` as a text and outside it as a path. S3's keys know no `..`, so no object
 * is lost by refusing every spelling of it, and nobody between here and the bucket gets to resolve one.
 */
export function refuseDotSegments(path: string): void {
  const segments = decodePath(path).split(/[/\\]/);
  if (segments.some((segment) => segment === "." || segment === "..")) throw refusal("AccessDenied");
}

/** A path with its percent-encoding undone, one character per byte. */
export function decodePath(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

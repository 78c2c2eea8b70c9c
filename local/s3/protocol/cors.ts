import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Bucket, CorsRule } from "../buckets/bucket.ts";
import type { S3Response } from "./response.ts";
import { S3Error } from "./s3-error.ts";

type Headers = Record<string, string>;

/** Answers a browser that asks first; throws AccessForbidden when no rule of the bucket allows what it is about to do. */
export function preflight(bucket: Bucket | undefined, headers: IncomingHttpHeaders): S3Response {
  const origin = headers.origin;
  const method = headers["access-control-request-method"];
  if (origin === undefined) {
    throw new S3Error("BadRequest", { message: "Insufficient information. Origin request header needed." });
  }
  if (method === undefined || !["GET", "PUT", "HEAD", "POST", "DELETE"].includes(method)) {
    throw new S3Error("BadRequest", { message: `Invalid Access-Control-Request-Method: ${method ?? "null"}` });
  }
  if (!bucket?.cors.length) throw forbidden(method, "CORSResponse: CORS is not enabled for this bucket.");
  const wanted = listOf(headers["access-control-request-headers"]);
  const rule = bucket.cors.find(
    (rule) => allows(rule, origin, method) && wanted.every((name) => allowsHeader(rule, name)),
  );
  if (!rule) {
    throw forbidden(
      method,
      // The misspelling is S3's.
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / " +
        "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    );
  }
  const answer = ruleHeaders(rule, origin);
  return {
    status: 200,
    headers: wanted.length > 0 ? { ...answer, "access-control-allow-headers": wanted.join(", ") } : answer,
  };
}

/** What lets a page read the answer to its request, if a rule does. */
export function corsHeaders(bucket: Bucket, { method = "", headers: { origin } }: IncomingMessage): Headers {
  if (origin === undefined) return {};
  const rule = bucket.cors.find((rule) => allows(rule, origin, method));
  return rule ? ruleHeaders(rule, origin) : {};
}

function allows({ allowedOrigins, allowedMethods }: CorsRule, origin: string, method: string): boolean {
  return allowedMethods.includes(method) && allowedOrigins.some((pattern) => matches(pattern, origin));
}

function allowsHeader({ allowedHeaders }: CorsRule, name: string): boolean {
  return allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name));
}

function ruleHeaders(rule: CorsRule, origin: string): Headers {
  const anyOrigin = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": anyOrigin ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(rule.exposeHeaders.length > 0 && { "access-control-expose-headers": rule.exposeHeaders.join(", ") }),
    ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": String(rule.maxAgeSeconds) }),
    ...(!anyOrigin && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** A pattern has at most one `*`, which stands for anything. */
function matches(pattern: string, text: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === text;
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

function listOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}

function forbidden(method: string, message: string): S3Error {
  return new S3Error("AccessForbidden", { message, details: { Method: method, ResourceType: "BUCKET" } });
}

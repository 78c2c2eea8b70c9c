import type { IncomingMessage } from "node:http";
import type { JWTPayload } from "jose";
import { pathParameters } from "./select-route.ts";

export interface EventFacts {
  readonly apiId: string;
  readonly accountId: string;
  readonly domainName: string;
  readonly routeKey: string;
  readonly requestId: string;
  /** Decoded, as the gateway hands it on. */
  readonly path: string;
  readonly query: string;
  readonly body: Buffer;
  /** Of the token that the authorizer let through. */
  readonly claims: JWTPayload | undefined;
  readonly now: Date;
}

/** Bodies that a string can hold; any other is encoded. */
const isText = /^(text\/|application\/([\w.-]+\+)?(json|xml|javascript)\b)/i;

/** The event that a function is called with, in payload format 2.0. */
export function eventOf(message: IncomingMessage, facts: EventFacts): object {
  const { apiId, accountId, domainName, routeKey, requestId, path, query, body, claims, now } = facts;
  const { cookie, ...headers } = message.headersDistinct;
  const sourceIp = message.socket.remoteAddress ?? "";
  const forwarded = { "x-forwarded-for": [...(headers["x-forwarded-for"] ?? []), sourceIp] };
  const queryParameters = joined(new URLSearchParams(query));
  const isBase64Encoded = body.length > 0 && !isText.test(message.headers["content-type"] ?? "");
  const parameters = pathParameters(routeKey, path);
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.flatMap((each) => each.split(/;\s*/)) }),
    headers: Object.fromEntries(
      Object.entries({ ...headers, ...forwarded }).map(([name, values]) => [name, (values ?? []).join(", ")]),
    ),
    ...(queryParameters && { queryStringParameters: queryParameters }),
    requestContext: {
      accountId,
      apiId,
      ...(claims && { authorizer: { jwt: { claims: asTexts(claims), scopes: null } } }),
      domainName,
      domainPrefix: domainName.split(".")[0],
      http: {
        method: message.method,
        path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp,
        userAgent: message.headers["user-agent"] ?? "",
      },
      requestId,
      routeKey,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(parameters && { pathParameters: parameters }),
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

/** Values of one name are joined by commas, as the gateway does; only the raw query still tells them apart. */
function joined(parameters: URLSearchParams): Record<string, string> | undefined {
  const names = new Set(parameters.keys());
  if (names.size === 0) return undefined;
  return Object.fromEntries([...names].map((name) => [name, parameters.getAll(name).join(",")]));
}

function asTexts(claims: JWTPayload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(" ")}]` : String(value),
    ]),
  );
}

/** `01/Jun/2026:12:00:00 +0000` */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

import type { IncomingHttpHeaders } from "node:http";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { argumentsOf, cookiesOf } from "../firewall/request.ts";
import { endToEnd, type Headers, isHopByHop } from "./headers.ts";

/** The event's own form of headers, cookies and query strings. */
const Values = Type.Record(
  Type.String(),
  Type.Object({
    value: Type.String(),
    multiValue: Type.Optional(Type.Array(Type.Object({ value: Type.String() }))),
    attributes: Type.Optional(Type.String()),
  }),
);
export type EventValues = Static<typeof Values>;

export interface EventRequest {
  readonly method: string;
  readonly uri: string;
  readonly querystring: EventValues;
  readonly headers: EventValues;
  readonly cookies: EventValues;
}

const ReturnedRequest = Type.Object({
  uri: Type.String({ pattern: "^/[\\x21-\\x7e]*$" }),
  querystring: Type.Optional(Values),
  headers: Type.Optional(Values),
  cookies: Type.Optional(Values),
});

const ReturnedResponse = Type.Object({
  statusCode: Type.Integer({ minimum: 200, maximum: 599 }),
  statusDescription: Type.Optional(Type.String()),
  headers: Type.Optional(Values),
  cookies: Type.Optional(Values),
  body: Type.Optional(
    Type.Union([
      Type.String(),
      Type.Object({ encoding: Type.Enum(["text", "base64"]), data: Type.String() }, { additionalProperties: false }),
    ]),
  ),
});

export interface FunctionRequest {
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

export interface FunctionResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined leaves the body as it is. */
  readonly body: Buffer | undefined;
}

/** A function's return value that is neither a request nor a response as CloudFront knows them. */
export class FunctionValidationError extends Error {}

export function eventRequest(method: string, { path, query, headers }: FunctionRequest): EventRequest {
  const { cookie: _, ...others } = endToEnd(headers);
  return {
    method,
    uri: path,
    querystring: grouped(argumentsOf(query)),
    headers: eventHeaders(others),
    cookies: grouped(cookiesOf(headers)),
  };
}

export function eventHeaders(headers: Headers | IncomingHttpHeaders): EventValues {
  return grouped(
    Object.entries(headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    ),
  );
}

/** What a viewer-request function returned: a request to go on with, or a response at once. */
export function readReturned(returned: unknown): { request: FunctionRequest } | { response: FunctionResponse } {
  if (Value.Check(ReturnedResponse, returned)) return { response: readResponse(returned) };
  if (!Value.Check(ReturnedRequest, returned)) throw new FunctionValidationError("it returned no request or response");
  const { uri, querystring = {}, headers = {}, cookies = {} } = returned;
  const cookie = pairsOf(cookies).map(([name, value]) => `${name}=${value}`);
  return {
    request: {
      path: uri,
      query: pairsOf(querystring)
        .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
        .join("&"),
      headers: { ...readHeaders(headers), ...(cookie.length > 0 && { cookie: cookie.join("; ") }) },
    },
  };
}

/** What a viewer-response function returned. */
export function readReturnedResponse(returned: unknown): FunctionResponse {
  if (!Value.Check(ReturnedResponse, returned)) throw new FunctionValidationError("it returned no response");
  return readResponse(returned);
}

function readResponse({
  statusCode,
  headers = {},
  cookies = {},
  body,
}: Static<typeof ReturnedResponse>): FunctionResponse {
  const setCookie = Object.entries(cookies).flatMap(([name, { value, attributes }]) => {
    return `${name}=${value}${attributes ? `; ${attributes}` : ""}`;
  });
  return {
    status: statusCode,
    headers: { ...readHeaders(headers), ...(setCookie.length > 0 && { "set-cookie": setCookie }) },
    body:
      typeof body === "string"
        ? Buffer.from(body)
        : body && Buffer.from(body.data, body.encoding === "base64" ? "base64" : "utf8"),
  };
}

function readHeaders(values: EventValues): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of pairsOf(values)) {
    const lower = name.toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower) || /[\r\n\0]/.test(value) || isHopByHop(lower)) {
      throw new FunctionValidationError(`it returned the header ${JSON.stringify(name)}, which it may not set`);
    }
    result[lower] = result[lower] === undefined ? value : `${result[lower]}, ${value}`;
  }
  return result;
}

function pairsOf(values: EventValues): [name: string, value: string][] {
  return Object.entries(values).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((one): [string, string] => [name, one.value]),
  );
}

function grouped(pairs: readonly (readonly [name: string, value: string])[]): EventValues {
  const result: EventValues = {};
  for (const [name, value] of pairs) {
    const known = result[name];
    // As in CloudFront, `value` is the last and `multiValue` holds all of them.
    result[name] = known
      ? { value, multiValue: [...(known.multiValue ?? [{ value: known.value }]), { value }] }
      : { value };
  }
  return result;
}

import type { OutgoingHttpHeaders } from "node:http";
import Type from "typebox";
import { parse } from "../parse.ts";

const FunctionAnswer = Type.Object({
  statusCode: Type.Integer({ minimum: 100, maximum: 599 }),
  headers: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
  cookies: Type.Optional(Type.Array(Type.String())),
  body: Type.Optional(Type.String()),
  isBase64Encoded: Type.Optional(Type.Boolean()),
});

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Reads a function's answer in payload format 2.0; throws an Error for one of another shape, which the gateway would guess at. */
export function readAnswer(payload: string): GatewayAnswer {
  const answer = parse(FunctionAnswer, JSON.parse(payload), (fault) => new Error(`the function answered ${fault}`));
  const { statusCode, headers = {}, cookies, body = "", isBase64Encoded = false } = answer;
  return {
    status: statusCode,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
      ...(cookies && { "set-cookie": cookies }),
    },
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

/** An answer of the gateway's own. */
export function gatewayAnswer(status: number, message: string, headers: OutgoingHttpHeaders = {}): GatewayAnswer {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

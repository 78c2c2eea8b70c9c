import Type, { type Static } from "typebox";
import { Value } from "typebox/value";

/** What the edge lets through. */
const Method = Type.Enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What of an HTTP API's event, payload format 2.0, a request is made of. Values of a repeated header come joined by commas. */
const HttpApiEvent = Type.Object({
  version: Type.Literal("2.0"),
  rawPath: Type.String(),
  rawQueryString: Type.String(),
  cookies: Type.Optional(Type.Array(Type.String())),
  headers: Type.Record(Type.String(), Type.String()),
  body: Type.Optional(Type.String()),
  isBase64Encoded: Type.Boolean(),
  requestContext: Type.Object({
    http: Type.Object({
      method: Method,
      /** Of whoever is connected to the gateway: behind the edge, a machine of CloudFront's. */
      sourceIp: Type.String(),
    }),
  }),
});
export type HttpApiEvent = Static<typeof HttpApiEvent>;

/** Throws a TypeError that says what of the event is wrong, and nothing of what it holds. */
export function parseEvent(event: unknown): HttpApiEvent {
  if (Value.Check(HttpApiEvent, event)) return event;
  const [fault] = Value.Errors(HttpApiEvent, event);
  throw new TypeError(
    `The event is none of an HTTP API with payload format 2.0: ${fault?.instancePath || "it"} ${fault?.message}`,
  );
}

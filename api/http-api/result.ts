/** An answer of the app's, as `inject` gives it. */
export interface AppAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, number | string | string[] | undefined>>;
  readonly rawPayload: Buffer;
}

/** What an HTTP API takes for an answer, payload format 2.0. */
export interface HttpApiResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** They speak of one connection or one message, and it is the gateway that has the viewer's. */
const gatewaysOwn = new Set(["connection", "content-length", "date", "keep-alive", "transfer-encoding"]);

const isText = /^(text\/|application\/([\w.-]+\+)?json\b)/;

export function resultOf({ statusCode, headers, rawPayload }: AppAnswer): HttpApiResult {
  const { "set-cookie": cookies, ...others } = headers;
  const isBase64Encoded =
    rawPayload.length > 0 &&
    (headers["content-encoding"] !== undefined || !isText.test(String(headers["content-type"])));
  return {
    statusCode,
    headers: Object.fromEntries(
      Object.entries(others).flatMap(([name, value]) =>
        value === undefined || gatewaysOwn.has(name) ? [] : [[name, [value].flat().join(", ")]],
      ),
    ),
    // The format has no other place for a header that may not be joined.
    ...(cookies !== undefined && { cookies: [cookies].flat().map(String) }),
    body: rawPayload.toString(isBase64Encoded ? "base64" : "utf8"),
    isBase64Encoded,
  };
}

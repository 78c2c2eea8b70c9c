import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `drop` breaks the connection off without an answer, `break` in the middle of one. */
export type Reply =
  | "drop"
  | "break"
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown };

export interface ScriptedApi {
  readonly url: string;
  /** Every request so far. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** An API that answers as a test says, over real sockets: for what the real one does only when it is unwell. */
export async function startScriptedApi(reply: (asked: Asked, count: number) => Reply): Promise<ScriptedApi> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, path: url, headers, body: await text(request) });
    send(response, reply(asked.at(-1) as Asked, asked.length));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === "drop") return void response.destroy();
  if (reply === "break") {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"items": [', () => response.destroy());
    return;
  }
  const { status = 200, headers, body } = reply;
  const isProblem = status >= 400 && typeof body === "object";
  response.writeHead(status, {
    "content-type": isProblem ? "application/problem+json" : "application/json",
    ...headers,
  });
  response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}

/** As the API describes what went wrong. */
export function aProblem(status: number, code: string) {
  return { type: "about:blank", title: code, status, detail: `detail of ${code}`, code, requestId: "request-1" };
}

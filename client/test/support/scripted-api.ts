import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { listen } from "../../../local/listen.ts";
import type { RunningService } from "../../../local/service.ts";

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

export interface ScriptedApi extends RunningService {
  /** Every request so far. */
  readonly asked: readonly Asked[];
}

/** An API that answers as a test says, over real sockets: for what the real one does only when it is unwell. */
export async function startScriptedApi(reply: (asked: Asked, count: number) => Reply): Promise<ScriptedApi> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, path: url, headers, body: await text(request) });
    send(response, reply(asked.at(-1) as Asked, asked.length));
  });
  return { ...(await listen(server, { port: 0, host: "127.0.0.1" })), asked };
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

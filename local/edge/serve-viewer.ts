import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { viewerAddress } from "../firewall/address-set.ts";
import type { AccessLog } from "./access-log.ts";
import { EdgeError } from "./edge-error.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Reply, Result } from "./reply.ts";
import { type Hosts, readViewerRequest, type ViewerRequest } from "./viewer-request.ts";

export interface ServeOptions {
  readonly hosts: Hosts;
  readonly viewers: Pipeline;
  readonly accessLog: AccessLog | undefined;
  readonly now: () => Date;
}

/** Answers one request of a viewer, with the headers by which CloudFront tells what it did. */
export async function serveViewer(
  message: IncomingMessage,
  response: ServerResponse,
  { hosts, viewers, accessLog, now }: ServeOptions,
): Promise<void> {
  const at = now();
  const requestId = randomBytes(42).toString("base64url");
  const sentBefore = message.socket.bytesWritten;
  const viewer = read(message, requestId, hosts);
  const reply = viewer instanceof EdgeError ? viewer.reply() : await viewers.answer(viewer, message);
  const result = shownResult(reply);
  await send(response, message.method === "HEAD", {
    ...reply,
    headers: {
      ...reply.headers,
      "x-cache": `${result} from cloudfront`,
      via: "1.1 latchkey.cloudfront.net (CloudFront)",
      "x-amz-cf-pop": "LOC50-P1",
      "x-amz-cf-id": requestId,
    },
  });
  accessLog?.write({
    at,
    seconds: (now().getTime() - at.getTime()) / 1000,
    clientIp: viewerAddress(message.socket.remoteAddress),
    method: message.method ?? "-",
    host: message.headers.host ?? "",
    path: (message.url ?? "").split("?", 1)[0] ?? "",
    status: reply.status,
    result,
    requestId,
    bytes: message.socket.bytesWritten - sentBefore,
    referer: message.headers.referer,
    userAgent: message.headers["user-agent"],
  });
}

function read(message: IncomingMessage, requestId: string, hosts: Hosts): ViewerRequest | EdgeError {
  try {
    return readViewerRequest(message, requestId, hosts);
  } catch (error) {
    if (error instanceof EdgeError) return error;
    throw error;
  }
}

/** An error is one in `X-Cache`, whether it was kept or not. */
function shownResult({ status, result }: Reply): Result {
  return status >= 400 && (result === "Hit" || result === "Miss" || result === "RefreshHit") ? "Error" : result;
}

async function send(response: ServerResponse, headOnly: boolean, { status, headers, body }: Reply): Promise<void> {
  if (body instanceof Readable && headOnly) body.resume();
  if (body instanceof Readable && !headOnly) {
    response.writeHead(status, headers);
    try {
      await pipeline(body, response);
    } catch (error) {
      if (!viewerLeft(error)) throw new Error(`a body broke off on its way to the viewer: ${error}`);
    } finally {
      // A viewer who left before the first byte leaves a body that no pipeline has taken over.
      body.destroy();
    }
    return;
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const isBodiless = status === 204 || status === 304 || (headOnly && headers["content-length"] !== undefined);
  response.writeHead(status, isBodiless ? headers : { ...headers, "content-length": String(bytes.length) });
  response.end(headOnly ? undefined : bytes);
}

function viewerLeft(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ERR_STREAM_UNABLE_TO_PIPE";
}

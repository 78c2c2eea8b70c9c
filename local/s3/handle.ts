import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SigV4Error } from "../sigv4/sigv4-error.ts";
import type { Bucket } from "./buckets/bucket.ts";
import { dispatch } from "./dispatch.ts";
import type { S3Service } from "./exchange.ts";
import { parseAddress } from "./protocol/address.ts";
import { corsHeaders, preflight } from "./protocol/cors.ts";
import { type Incoming, newRequestId, readRequest } from "./protocol/request.ts";
import type { S3Response } from "./protocol/response.ts";
import { S3Error } from "./protocol/s3-error.ts";
import { renderErrorXml } from "./protocol/xml.ts";

/** Answers one request, whatever becomes of it. */
export async function handle(service: S3Service, incoming: Incoming, response: ServerResponse, now: Date) {
  const { message } = incoming;
  const id = newRequestId();
  const bucket = bucketOf(service, message);
  const answer = await answerRequest(service, incoming, bucket, id, now).catch((error: unknown) => {
    return errorResponse(error, message, id, service.log);
  });
  const cors = bucket && message.method !== "OPTIONS" ? corsHeaders(bucket, message) : {};
  const common = { "x-amz-request-id": id, "x-amz-id-2": id, server: "AmazonS3" };
  await send(response, { ...answer, headers: { ...answer.headers, ...cors, ...common } });
}

async function answerRequest(
  service: S3Service,
  incoming: Incoming,
  bucket: Bucket | undefined,
  id: string,
  now: Date,
): Promise<S3Response> {
  const { message } = incoming;
  if (message.method === "OPTIONS") return preflight(bucket, message.headers);
  const { credentials, recording } = service;
  return dispatch(service, readRequest(id, incoming, { credentials, region: recording.region, now }), bucket);
}

/** The bucket that a request is about; one that does not exist, and a target that cannot be read, are told later. */
function bucketOf({ buckets }: S3Service, { headers, url = "" }: IncomingMessage): Bucket | undefined {
  try {
    const { bucket } = parseAddress(headers.host, url.split("?", 1)[0] ?? "");
    return bucket === undefined ? undefined : buckets.find(bucket);
  } catch (error) {
    if (error instanceof S3Error) return undefined;
    throw error;
  }
}

function errorResponse(error: unknown, message: IncomingMessage, id: string, log: S3Service["log"]): S3Response {
  if (!(error instanceof S3Error || error instanceof SigV4Error)) {
    log(`s3 ${id} failed: ${error instanceof Error ? error.stack : String(error)}`);
    return errorResponse(new S3Error("InternalError"), message, id, log);
  }
  const { code, status, details } = error;
  // Not the query: it may hold a signature.
  const resource = (message.url ?? "").split("?", 1)[0] ?? "";
  log(`s3 ${id} ${message.method} ${resource}: ${status} ${code}`);
  const body = renderErrorXml({
    Code: code,
    Message: error.message,
    ...details,
    Resource: resource,
    RequestId: id,
    HostId: id,
  });
  const headers = error instanceof S3Error ? error.headers : {};
  return { status, headers: { ...headers, "content-type": "application/xml" }, body };
}

async function send(response: ServerResponse, { status, headers = {}, body }: S3Response): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  const isHead = response.req.method === "HEAD";
  if (!(body instanceof Readable)) {
    const bytes = Buffer.from(body ?? "");
    if (!isHead && status !== 204 && status !== 304) response.setHeader("content-length", bytes.length);
    response.end(isHead ? undefined : bytes);
    return;
  }
  // A client that goes away ends its own download and nothing else.
  await pipeline(body, response).catch(() => response.destroy());
}

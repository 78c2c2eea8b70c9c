import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Address, listen } from "../listen.ts";
import type { AwsApi, AwsReply, RunningService, ServiceContext } from "../service.ts";
import { parseTarget, sha256Hex } from "../sigv4/canonical.ts";
import { SigV4Error } from "../sigv4/sigv4-error.ts";
import type { SignedRequest } from "../sigv4/types.ts";
import { claimedService, isSigned, verifyRequest } from "../sigv4/verify.ts";
import { errorReply, isForm, missingSignature, type Protocol, protocolOf, signatureError } from "./error-reply.ts";
import { AwsError, notImplemented } from "./protocols.ts";
import { readBody } from "./read-body.ts";

export interface GatewayOptions extends Address {
  /** Closed with the gateway. */
  readonly apis: readonly AwsApi[];
}

type Apis = ReadonlyMap<string, AwsApi>;

const defaultMaxBodyBytes = 2 * 1024 * 1024;

/** One address for every API that has no data plane of its own: a request's signature says which of them it calls. */
export async function startGateway(context: ServiceContext, options: GatewayOptions): Promise<RunningService> {
  const apis: Apis = new Map(options.apis.map((api) => [api.service, api]));
  const server = createServer((message, response) => {
    answer(message, apis, context).then(
      (reply) => send(reply, response),
      // Only a client that hung up while it was sending leaves nobody to answer.
      () => response.destroy(),
    );
  });
  const running = await listen(server, options);
  return {
    url: running.url,
    async close() {
      await running.close();
      await Promise.all(options.apis.map((api) => api.close?.()));
    },
  };
}

async function answer(message: IncomingMessage, apis: Apis, context: ServiceContext): Promise<AwsReply> {
  const request: SignedRequest = { method: message.method ?? "", target: message.url ?? "", headers: message.headers };
  const requestId = randomUUID();
  const reply = await dispatch(request, message, apis, context).catch((error: unknown) => {
    if (message.errored) throw error;
    const protocol = protocolOf(request);
    return errorReply(asAwsError(error, protocol, context.log), protocol, requestId);
  });
  return { ...reply, headers: { "x-amzn-requestid": requestId, ...reply.headers } };
}

async function dispatch(
  request: SignedRequest,
  message: IncomingMessage,
  apis: Apis,
  context: ServiceContext,
): Promise<AwsReply> {
  if (!isSigned(request)) throw missingSignature(protocolOf(request));
  const service = claimedService(request);
  const api = apis.get(service);
  const body = await readBody(message, api?.maxBodyBytes ?? defaultMaxBodyBytes);
  const { credentials } = verifyRequest(request, {
    credentials: context.credentials,
    service,
    now: context.now(),
    bodySha256: sha256Hex(body),
  });
  if (!api) throw notImplemented(service, operationOf(request, body));
  const { path } = parseTarget(request.target);
  const query = new URLSearchParams(request.target.slice(path.length));
  return api.call({
    method: request.method,
    path,
    query,
    headers: request.headers,
    body,
    principal: credentials.principal,
  });
}

/** What the client called, for an API that nobody serves: told by the protocol, of which there are three. */
function operationOf({ method, target, headers }: SignedRequest, body: Buffer): string {
  const jsonTarget = headers["x-amz-target"]?.toString();
  if (jsonTarget !== undefined) return jsonTarget.slice(jsonTarget.indexOf(".") + 1);
  const action = isForm(headers) ? new URLSearchParams(body.toString("utf8")).get("Action") : null;
  return action ?? `${method} ${parseTarget(target).path}`;
}

function asAwsError(error: unknown, protocol: Protocol, log: ServiceContext["log"]): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SigV4Error) return signatureError(error, protocol);
  log(`gateway: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const code = protocol === "json" ? "InternalServerError" : "InternalFailure";
  return new AwsError(code, 500, "The local cloud failed; its log says why.");
}

function send({ status, headers, body }: AwsReply, response: ServerResponse): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}

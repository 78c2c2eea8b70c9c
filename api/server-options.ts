import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyServerOptions } from "fastify";
import type { SchemaController } from "./compilers/at-start.ts";
import { answerClientError } from "./plugins/client-errors.ts";
import { answerProblem } from "./plugins/problem-details.ts";
import { RequestLog } from "./plugins/request-log.ts";
import { formFor } from "./plugins/uppy-errors.ts";

export interface ServerSettings {
  readonly schemaController: SchemaController;
  readonly level: string;
  /** Where lines of JSON go; standard output unless said otherwise. */
  readonly stream?: { write(line: string): void };
  /** Proxies in front, by address or CIDR. Without any the address is the connection's, whatever a header says. */
  readonly trustedProxies?: readonly string[];
  /** How long a request may take until it is answered that the API is too busy; for ever unless said otherwise. */
  readonly answerSeconds?: number;
}

/** What a Fastify instance must be made with to carry the app, whether it listens or stands behind Lambda. */
export function serverOptions(settings: ServerSettings): FastifyServerOptions {
  const { schemaController, level, stream, trustedProxies = [], answerSeconds = 0 } = settings;
  return {
    bodyLimit: 16 * 1024,
    requestTimeout: 30_000,
    handlerTimeout: answerSeconds * 1000,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    // S3's id of an upload is the longest that a path names.
    routerOptions: { maxParamLength: 2048 },
    genReqId: requestId,
    schemaController,
    // Which of several schemas an answer of ours has is told by its properties: to match URLs against a grammar costs more than the rest.
    serializerOpts: { ajv: { validateFormats: false } },
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply, formFor(request.url)),
    clientErrorHandler: answerClientError,
    logController: new RequestLog(),
    logger: { level, ...(stream && { stream }), serializers: { err: describeError } },
  };
}

/** A client's own id is taken over for tracing, as long as it can do no harm in a log or a header. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
}

/** Pino would log every property of an error, and the SDK's carry the request that failed, credentials and all. */
function describeError(error: Error): { type: string; message: string; stack: string; cause?: string } {
  return {
    type: error.name,
    message: error.message,
    stack: error.stack ?? "",
    ...(error.cause instanceof Error && { cause: `${error.cause.name}: ${error.cause.message}` }),
  };
}

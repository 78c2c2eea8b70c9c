import Fastify, { type FastifyInstance } from "fastify";
import type { ApiDocuments } from "./api-documents.ts";
import { app } from "./app.ts";
import type { SchemaController } from "./compilers/at-start.ts";
import { compose } from "./compose.ts";
import { parseConfig } from "./config.ts";
import { parseEvent } from "./http-api/event.ts";
import { requestOf } from "./http-api/request.ts";
import { type HttpApiResult, resultOf } from "./http-api/result.ts";
import { serverOptions } from "./server-options.ts";

export interface FunctionParts {
  readonly schemaController: SchemaController;
  /** Undefined where they are to be generated from the routes. */
  readonly documents?: ApiDocuments;
}

/** Starts the app at once, and makes what an HTTP API calls with each request, in payload format 2.0. */
export function createHandler({ schemaController, documents }: FunctionParts) {
  const config = parseConfig(process.env);
  const behindEdge = config.LATCHKEY_ORIGIN_SECRET_ARN !== "";
  const started = start();

  /** Once for each instance, while Lambda still gives it more of a CPU than it will have. */
  async function start(): Promise<FastifyInstance> {
    const { LATCHKEY_LOG_LEVEL: level, LATCHKEY_ANSWER_SECONDS: answerSeconds } = config;
    const server = Fastify(serverOptions({ schemaController, level, answerSeconds }));
    const options = await compose(config);
    // Read meanwhile, not waited for: the first request takes what is there, and meets again what fails.
    Promise.allSettled([options.readiness(), options.knowsEdge?.("")]);
    await server.register(app, { ...options, documents });
    await server.ready();
    return server;
  }

  return async (event: unknown, { awsRequestId }: { awsRequestId: string }): Promise<HttpApiResult> => {
    const request = requestOf(parseEvent(event), { requestId: awsRequestId, behindEdge });
    return resultOf(await (await started).inject(request));
  };
}

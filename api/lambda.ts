import Fastify, { type FastifyInstance } from "fastify";
import { app } from "./app.ts";
import { compose } from "./compose.ts";
import { parseConfig } from "./config.ts";
import { parseEvent } from "./http-api/event.ts";
import { requestOf } from "./http-api/request.ts";
import { type HttpApiResult, resultOf } from "./http-api/result.ts";
import { serverOptions } from "./server-options.ts";

const config = parseConfig(process.env);
const started = start();

/** What an HTTP API calls with each request, in payload format 2.0. */
export async function handler(event: unknown, { awsRequestId }: { awsRequestId: string }): Promise<HttpApiResult> {
  const behindEdge = config.LATCHKEY_ORIGIN_SECRET_ARN !== "";
  const request = requestOf(parseEvent(event), { requestId: awsRequestId, behindEdge });
  return resultOf(await (await started).inject(request));
}

/** Once for each instance, while Lambda still gives it more of a CPU than it will have. */
async function start(): Promise<FastifyInstance> {
  const server = Fastify(
    serverOptions({ level: config.LATCHKEY_LOG_LEVEL, answerSeconds: config.LATCHKEY_ANSWER_SECONDS }),
  );
  const options = await compose(config);
  // Read meanwhile, not waited for: the first request takes what is there, and meets again what fails.
  Promise.allSettled([options.readiness(), options.knowsEdge?.("")]);
  await server.register(app, options);
  await server.ready();
  return server;
}

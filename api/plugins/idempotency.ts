import { createHmac } from "node:crypto";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import fp from "fastify-plugin";
import type { Answer, AnswerStore, Attempt } from "../domain/ports/answer-store.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Held while a request with an idempotency key is under way for the first time. */
    attempt: Attempt | undefined;
  }
}

/** What of an answer's headers belongs to what was answered, and not to when. */
const keptHeaders = ["content-type", "set-cookie", "www-authenticate"];

/** A conflict and a lack of something pass: a repetition is to find out whether they have. */
const passing = new Set([408, 409, 429]);

/**
 * Answers a POST of the scope that it is registered in as before when it comes again with the same `Idempotency-Key`, and
 * does nothing else then. The scope's routes have viewers. Without the header nothing is looked up.
 */
export const idempotency = fp<{ answers: AnswerStore }>(async (app, { answers }) => {
  app.decorateRequest("attempt");

  app.addHook("onRoute", (route: RouteOptions) => {
    if (route.method !== "POST") return;
    route.preHandler = [begin, ...[route.preHandler ?? []].flat()];
    route.onSend = [...[route.onSend ?? []].flat(), settle];
  });

  async function begin(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const key = request.headers["idempotency-key"];
    if (typeof key !== "string") return;
    const outcome = await answers.begin({
      userId: request.viewer.userId,
      key,
      fingerprint: fingerprintOf(key, request),
    });
    if ("status" in outcome) return replay(reply, outcome);
    request.attempt = outcome;
  }

  async function settle(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const { attempt } = request;
    if (!attempt) return payload;
    request.attempt = undefined;
    const settled = isLasting(reply.statusCode) ? attempt.keep(answerOf(reply, payload)) : attempt.release();
    // What was asked for is done. To say otherwise would have it done twice.
    await settled.catch((error: unknown) => request.log.error({ err: error }, "answer not kept"));
    return payload;
  }
});

/**
 * Keyed, since a body may hold a share link's password, which a mere hash would let whoever reads the table guess far
 * faster than scrypt does.
 */
function fingerprintOf(key: string, { viewer, method, url, body }: FastifyRequest): Uint8Array {
  return createHmac("sha256", key)
    .update(JSON.stringify([viewer.userId, method, url, body ?? null]))
    .digest();
}

function isLasting(status: number): boolean {
  return status < 500 && !passing.has(status);
}

function answerOf(reply: FastifyReply, payload: unknown): Answer {
  const headers: Record<string, string | string[]> = {};
  for (const name of keptHeaders) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = Array.isArray(value) ? value : String(value);
  }
  return { status: reply.statusCode, headers, body: typeof payload === "string" ? payload : "" };
}

/** The bytes of before, under a request id of now. */
function replay(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status).header("idempotency-replayed", "true");
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  // A string goes out as it is: only what else a handler returns is serialized.
  return reply.send(body === "" ? undefined : body);
}

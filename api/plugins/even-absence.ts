import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import fp from "fastify-plugin";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by an answer of another status that says "not found" of one of its items. */
    missesItem: boolean;
  }
}

/**
 * Sends what says "not found" a whole number of steps after the request came. Finding something that must stay hidden takes
 * a little longer than finding nothing; whoever asks often enough would measure it. `absenceStep` is in milliseconds, and
 * should be more than a request takes; with 0 nothing waits.
 */
export const evenAbsence = fp<{ absenceStep: number }>(async (app, { absenceStep }) => {
  app.decorateRequest("missesItem", false);
  if (absenceStep === 0) return;
  app.addHook("onSend", (request, reply, payload, done) => {
    if (reply.statusCode !== 404 && !request.missesItem) return done(null, payload);
    const left = absenceStep - (reply.elapsedTime % absenceStep);
    waitUntil(performance.now() + left).then(() => done(null, payload), done);
  });
});

/** A timer ends up to two milliseconds too early or late, and by how much depends on when it was set: the rest is watched. */
async function waitUntil(moment: number): Promise<void> {
  await sleep(Math.max(0, moment - performance.now() - 2));
  while (performance.now() < moment) await nextTurn();
}

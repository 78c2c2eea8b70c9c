import fp from "fastify-plugin";

const safe = {
  // Signed URLs and private photos: an answer is stored only where its route says so.
  "cache-control": "private, no-store",
  // An answer is data. Nobody should run it, frame it, or take it for another type.
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};

/** Safe headers on every answer, which a route may say otherwise for its own, and the id that the log knows it by. */
export const answerHeaders = fp(async (app) => {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(safe).header("x-request-id", request.id);
    done();
  });
});

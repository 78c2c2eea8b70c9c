import fp from "fastify-plugin";

/** Answers the request's id and writes one line for each: the route and never the URL, so no query, token or signature. */
export const requestLog = fp(async (app) => {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });

  app.addHook("onResponse", (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      "request answered",
    );
    done();
  });
});

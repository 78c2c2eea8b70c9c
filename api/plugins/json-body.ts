import fp from "fastify-plugin";

/** Takes an empty body for none, since clients like to say JSON and send nothing; a route that needs a body refuses that. */
export const jsonBody = fp(async (app) => {
  // Fastify takes plain text too, which is the one type that any page may post without asking.
  app.removeContentTypeParser("text/plain");
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else parse(request, body.toString(), done);
  });
});

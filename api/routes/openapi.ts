import type { FastifyPluginAsync } from "fastify";

/** The API's own description, generated from the schemas of its routes when first asked for. */
export const openapiRoute: FastifyPluginAsync = async (app) => {
  let document: string | undefined;
  app.get("/openapi.json", { schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.header("cache-control", "public, max-age=300").type("application/json").send(document);
  });
};

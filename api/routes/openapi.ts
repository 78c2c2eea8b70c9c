import type { FastifyPluginAsync } from "fastify";
import type { ApiDocuments } from "../api-documents.ts";

/** The API's own description, generated from the schemas of its routes. */
export const openapiRoute: FastifyPluginAsync<{ documents: Pick<ApiDocuments, "openapi"> }> = async (
  app,
  { documents },
) => {
  let document: string | undefined;
  app.get("/openapi.json", { schema: { hide: true } }, async (_request, reply) => {
    document ??= await documents.openapi();
    return reply.header("cache-control", "public, max-age=300").type("application/json").send(document);
  });
};

import type { FastifyPluginAsync } from "fastify";
import type { ApiDocuments } from "../api-documents.ts";

/** The API's description as a page for people, without scripts and without anything from elsewhere. */
export const docsRoute: FastifyPluginAsync<{ documents: Pick<ApiDocuments, "page"> }> = async (app, { documents }) => {
  let page: string | undefined;
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) => {
    page ??= await documents.page();
    return reply.headers(headers).type("text/html; charset=utf-8").send(page);
  });
};

const headers = {
  "cache-control": "public, max-age=300",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

import type { FastifyInstance } from "fastify";
import type { ApiDocuments } from "./api-documents.ts";
import { openapi } from "./plugins/openapi.ts";
import type { ApiDocument } from "./routes/docs-page.ts";

/** Describes the routes that are registered from now on, when first asked to. */
export async function describeRoutes(server: FastifyInstance): Promise<ApiDocuments> {
  await server.register(openapi);
  return {
    openapi: async () => JSON.stringify(server.swagger()),
    async page() {
      const { docsPage } = await import("./routes/docs-page.ts");
      const document: ApiDocument = JSON.parse(JSON.stringify(server.swagger()));
      return docsPage(document);
    },
  };
}

import type { FastifyPluginAsync } from "fastify";
import type { ApiDocument } from "./docs-page.ts";

/** The API's description as a page for people, without scripts and without anything from elsewhere. */
export const docsRoute: FastifyPluginAsync = async (app) => {
  let page: string | undefined;
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) => {
    page ??= await render();
    return reply.headers(headers).type("text/html; charset=utf-8").send(page);
  });

  async function render(): Promise<string> {
    // Loaded when first asked for: a cold start has no use for it.
    const { docsPage } = await import("./docs-page.ts");
    const document: ApiDocument = JSON.parse(JSON.stringify(app.swagger()));
    return docsPage(document);
  }
};

const headers = {
  "cache-control": "public, max-age=300",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

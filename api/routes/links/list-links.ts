import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageLinks } from "../../domain/use-cases/links/manage-links.ts";
import { ShareLink, toShareLink } from "../schemas/link.ts";
import { PageQuery, pageOf, pageRequest, toPage } from "../schemas/page.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const listLinksRoute: FastifyPluginAsyncTypebox<Pick<ManageLinks, "listLinks">> = async (app, { listLinks }) => {
  app.get(
    "/links",
    {
      schema: {
        operationId: "listLinks",
        tags: ["links"],
        summary: "List your share links that have not expired, newest first",
        description: "A page may hold fewer than `limit`; the last one is the one whose `nextCursor` is null.",
        querystring: PageQuery,
        response: { 200: pageOf(ref(ShareLink)), ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR") },
      },
    },
    async (request) => toPage(await listLinks(request.viewer, pageRequest(request.query)), toShareLink),
  );
};

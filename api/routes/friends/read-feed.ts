import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ReadFeed } from "../../domain/use-cases/feed/read-feed.ts";
import { PageQuery, pageOf, pageRequest, toPage } from "../schemas/page.ts";
import { toViewedPhoto, ViewedPhoto } from "../schemas/photo.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const readFeedRoute: FastifyPluginAsyncTypebox<{ readFeed: ReadFeed }> = async (app, { readFeed }) => {
  app.get(
    "/feed",
    {
      schema: {
        operationId: "readFeed",
        tags: ["friends"],
        summary: "See what your friends share, newest first",
        description: "A page may hold fewer than `limit`; the last one is the one whose `nextCursor` is null.",
        querystring: PageQuery,
        response: { 200: pageOf(ref(ViewedPhoto)), ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR") },
      },
    },
    async (request) => toPage(await readFeed(request.viewer, pageRequest(request.query)), toViewedPhoto),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageAlbums } from "../../domain/use-cases/albums/manage-albums.ts";
import { Album, toAlbum } from "../schemas/album.ts";
import { PageQuery, pageOf, pageRequest, toPage } from "../schemas/page.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const listAlbumsRoute: FastifyPluginAsyncTypebox<Pick<ManageAlbums, "listAlbums">> = async (
  app,
  { listAlbums },
) => {
  app.get(
    "/albums",
    {
      schema: {
        operationId: "listAlbums",
        tags: ["albums"],
        summary: "List the albums that you are in, newest first",
        description: "A page may hold fewer than `limit`; the last one is the one whose `nextCursor` is null.",
        querystring: PageQuery,
        response: { 200: pageOf(ref(Album)), ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR") },
      },
    },
    async (request) => toPage(await listAlbums(request.viewer, pageRequest(request.query)), toAlbum),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ListPhotos } from "../../domain/use-cases/photos/list-photos.ts";
import { AlbumParams } from "../schemas/album.ts";
import { PageQuery, pageOf, pageRequest, toPage } from "../schemas/page.ts";
import { toViewedPhoto, ViewedPhoto } from "../schemas/photo.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const listAlbumPhotosRoute: FastifyPluginAsyncTypebox<{ listPhotos: ListPhotos }> = async (
  app,
  { listPhotos },
) => {
  app.get(
    "/albums/:albumId/photos",
    {
      schema: {
        operationId: "listAlbumPhotos",
        tags: ["albums"],
        summary: "List the photos of an album that you are in, newest first",
        description: "A page may hold fewer than `limit`; the last one is the one whose `nextCursor` is null.",
        params: AlbumParams,
        querystring: PageQuery,
        response: {
          200: pageOf(ref(ViewedPhoto)),
          ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR", "ALBUM_NOT_FOUND"),
        },
      },
    },
    async ({ viewer, params, query }) =>
      toPage(await listPhotos(viewer, { albumId: params.albumId, ...pageRequest(query) }), toViewedPhoto),
  );
};

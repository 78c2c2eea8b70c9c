import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageAlbums } from "../../domain/use-cases/albums/manage-albums.ts";
import { AlbumParams, ChangedAlbum, toAlbum } from "../schemas/album.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const viewAlbumRoute: FastifyPluginAsyncTypebox<Pick<ManageAlbums, "viewAlbum">> = async (
  app,
  { viewAlbum },
) => {
  app.get(
    "/albums/:albumId",
    {
      schema: {
        operationId: "viewAlbum",
        tags: ["albums"],
        summary: "See one album that you are in",
        params: AlbumParams,
        response: { 200: ChangedAlbum, ...problems(...signedIn, "INVALID_REQUEST", "ALBUM_NOT_FOUND") },
      },
    },
    async (request) => ({ album: toAlbum(await viewAlbum(request.viewer, request.params.albumId)) }),
  );
};

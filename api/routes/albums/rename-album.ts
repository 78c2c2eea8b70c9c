import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageAlbums } from "../../domain/use-cases/albums/manage-albums.ts";
import { AlbumParams, ChangedAlbum, toAlbum } from "../schemas/album.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { AlbumBody } from "./create-album.ts";

export const renameAlbumRoute: FastifyPluginAsyncTypebox<Pick<ManageAlbums, "renameAlbum">> = async (
  app,
  { renameAlbum },
) => {
  app.patch(
    "/albums/:albumId",
    {
      schema: {
        operationId: "renameAlbum",
        tags: ["albums"],
        summary: "Rename an album that you manage",
        params: AlbumParams,
        body: AlbumBody,
        response: { 200: ChangedAlbum, ...problems(...signedIn, ...withBody, "ALBUM_NOT_FOUND") },
      },
    },
    async ({ viewer, params, body }) => ({ album: toAlbum(await renameAlbum(viewer, params.albumId, body.title)) }),
  );
};

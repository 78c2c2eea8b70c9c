import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageAlbums } from "../../domain/use-cases/albums/manage-albums.ts";
import { AlbumParams } from "../schemas/album.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const deleteAlbumRoute: FastifyPluginAsyncTypebox<Pick<ManageAlbums, "deleteAlbum">> = async (
  app,
  { deleteAlbum },
) => {
  app.delete(
    "/albums/:albumId",
    {
      schema: {
        operationId: "deleteAlbum",
        tags: ["albums"],
        summary: "Delete your album",
        description: "For all members, at once. Its photos stay with their owners.",
        params: AlbumParams,
        response: {
          204: Type.Null({ description: "It is gone." }),
          ...problems(...signedIn, "INVALID_REQUEST", "ALBUM_NOT_FOUND"),
        },
      },
    },
    async (request, reply) => {
      await deleteAlbum(request.viewer, request.params.albumId);
      return reply.code(204).send(null);
    },
  );
};

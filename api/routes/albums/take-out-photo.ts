import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { TakeOutPhoto } from "../../domain/use-cases/albums/take-out-photo.ts";
import { AlbumPhotoParams } from "../schemas/album.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const takeOutPhotoRoute: FastifyPluginAsyncTypebox<{ takeOutPhoto: TakeOutPhoto }> = async (
  app,
  { takeOutPhoto },
) => {
  app.delete(
    "/albums/:albumId/photos/:photoId",
    {
      schema: {
        operationId: "takeOutPhoto",
        tags: ["albums"],
        summary: "Take a photo out of an album",
        description: "Your own, or any of an album that you manage. It stays with its owner.",
        params: AlbumPhotoParams,
        response: {
          204: Type.Null({ description: "It is no longer in the album." }),
          ...problems(...signedIn, "INVALID_REQUEST", "ALBUM_NOT_FOUND", "PHOTO_NOT_FOUND", "CHANGED_MEANWHILE"),
        },
      },
    },
    async ({ viewer, params }, reply) => {
      await takeOutPhoto(viewer, params.albumId, params.photoId);
      return reply.code(204).send(null);
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { TrashPhoto } from "../../domain/use-cases/photos/trash-photo.ts";
import { PhotoParams } from "../schemas/params.ts";
import { ChangedPhoto, toPhoto } from "../schemas/photo.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const trashPhotoRoute: FastifyPluginAsyncTypebox<{ trashPhoto: TrashPhoto }> = async (app, { trashPhoto }) => {
  app.delete(
    "/photos/:photoId",
    {
      schema: {
        operationId: "trashPhoto",
        tags: ["photos"],
        summary: "Put your photo into the trash",
        description:
          "Nobody sees it there but you, it still counts towards your quota, and after 30 days it is gone for good. Repeat it at will.",
        params: PhotoParams,
        response: { 200: ChangedPhoto, ...problems(...signedIn, "INVALID_REQUEST", "PHOTO_NOT_FOUND") },
      },
    },
    async (request) => ({ photo: toPhoto(await trashPhoto(request.viewer, request.params.photoId)) }),
  );
};

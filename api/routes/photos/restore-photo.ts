import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { TrashPhoto } from "../../domain/use-cases/photos/trash-photo.ts";
import { PhotoParams } from "../schemas/params.ts";
import { ChangedPhoto, toPhoto } from "../schemas/photo.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";

export const restorePhotoRoute: FastifyPluginAsyncTypebox<{ restorePhoto: TrashPhoto }> = async (
  app,
  { restorePhoto },
) => {
  app.post(
    "/photos/:photoId/restore",
    {
      schema: {
        operationId: "restorePhoto",
        tags: ["photos"],
        summary: "Take your photo out of the trash",
        description: "It is again what it was, and seen by whom it was seen. Repeat it at will.",
        headers: repeatable,
        params: PhotoParams,
        response: { 200: ChangedPhoto, ...problems(...signedIn, ...withBody, ...repeated, "PHOTO_NOT_FOUND") },
      },
    },
    async (request) => ({ photo: toPhoto(await restorePhoto(request.viewer, request.params.photoId)) }),
  );
};

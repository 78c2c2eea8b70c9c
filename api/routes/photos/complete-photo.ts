import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { CompletePhoto } from "../../domain/use-cases/photos/complete-photo.ts";
import { PhotoParams } from "../schemas/params.ts";
import { ChangedPhoto, toPhoto } from "../schemas/photo.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";

export const completePhotoRoute: FastifyPluginAsyncTypebox<{ completePhoto: CompletePhoto }> = async (
  app,
  { completePhoto },
) => {
  app.post(
    "/photos/:photoId/complete",
    {
      schema: {
        operationId: "completePhoto",
        tags: ["photos"],
        summary: "Say that the bytes of your photo are there",
        description: "Repeat it at will. Nothing depends on it: the platform hears of the upload from S3 itself.",
        headers: repeatable,
        params: PhotoParams,
        response: {
          200: ChangedPhoto,
          ...problems(...signedIn, ...withBody, ...repeated, "PHOTO_NOT_FOUND"),
        },
      },
    },
    async (request) => ({ photo: toPhoto(await completePhoto(request.viewer, request.params.photoId)) }),
  );
};

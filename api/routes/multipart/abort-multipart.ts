import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageMultipart } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { PhotoParams } from "../schemas/params.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const abortMultipartRoute: FastifyPluginAsyncTypebox<Pick<ManageMultipart, "abortMultipart">> = async (
  app,
  { abortMultipart },
) => {
  app.delete(
    "/photos/:photoId/multipart",
    {
      schema: {
        operationId: "abortMultipart",
        tags: ["photos"],
        summary: "Give your multipart upload up",
        description: "Its parts go, its photo is gone, and what it took of your quota is free again.",
        params: PhotoParams,
        response: {
          204: Type.Null({ description: "It is given up." }),
          ...problems(...signedIn, "INVALID_REQUEST", "PHOTO_NOT_FOUND", "NO_MULTIPART_UPLOAD"),
        },
      },
    },
    async ({ viewer, params }, reply) => {
      await abortMultipart(viewer, params.photoId);
      return reply.code(204).send(null);
    },
  );
};

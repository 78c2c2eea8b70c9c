import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageMultipart } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { ArrivedParts, toArrivedParts } from "../schemas/multipart.ts";
import { PhotoParams } from "../schemas/params.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const listPartsRoute: FastifyPluginAsyncTypebox<Pick<ManageMultipart, "listParts">> = async (
  app,
  { listParts },
) => {
  app.get(
    "/photos/:photoId/multipart/parts",
    {
      schema: {
        operationId: "listParts",
        tags: ["photos"],
        summary: "List the parts of your multipart upload that have arrived",
        description: "By number, all of them: what is missing is left to send, after a lost connection or a restart.",
        params: PhotoParams,
        response: {
          200: ArrivedParts,
          ...problems(...signedIn, "INVALID_REQUEST", "PHOTO_NOT_FOUND", "NO_MULTIPART_UPLOAD"),
        },
      },
    },
    async ({ viewer, params }) => toArrivedParts(await listParts(viewer, params.photoId)),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageMultipart } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { completeBodyLimit, Part, toPart } from "../schemas/multipart.ts";
import { PhotoParams } from "../schemas/params.ts";
import { ChangedPhoto, toPhoto } from "../schemas/photo.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";

export const completeMultipartRoute: FastifyPluginAsyncTypebox<Pick<ManageMultipart, "completeMultipart">> = async (
  app,
  { completeMultipart },
) => {
  app.post(
    "/photos/:photoId/multipart/complete",
    {
      bodyLimit: completeBodyLimit,
      schema: {
        operationId: "completeMultipart",
        tags: ["photos"],
        summary: "Make your photo of the parts that have arrived",
        description:
          "All parts, by number, each with the ETag that S3 answered. Repeat it at will: once the upload is complete it answers the photo.",
        headers: repeatable,
        params: PhotoParams,
        body: Type.Object(
          { parts: Type.Array(Part, { minItems: 1, maxItems: 10_000 }) },
          { additionalProperties: false },
        ),
        response: {
          200: ChangedPhoto,
          ...problems(
            ...signedIn,
            ...withBody,
            ...repeated,
            "PHOTO_NOT_FOUND",
            "NO_MULTIPART_UPLOAD",
            "PARTS_MISMATCH",
          ),
        },
      },
    },
    async ({ viewer, params, body }) => ({
      photo: toPhoto(await completeMultipart(viewer, params.photoId, body.parts.map(toPart))),
    }),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageMultipart } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { PartNumber, PresignedPart } from "../schemas/multipart.ts";
import { PhotoParams } from "../schemas/params.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";

export const issuePartsRoute: FastifyPluginAsyncTypebox<Pick<ManageMultipart, "issueParts">> = async (
  app,
  { issueParts },
) => {
  app.post(
    "/photos/:photoId/multipart/parts",
    {
      schema: {
        operationId: "issueParts",
        tags: ["photos"],
        summary: "Presign parts of your multipart upload",
        description:
          "Each takes exactly as many bytes as the plan gives to its part. A part that was sent before may be sent again, and takes its place.",
        headers: repeatable,
        params: PhotoParams,
        body: Type.Object(
          { partNumbers: Type.Array(PartNumber, { minItems: 1, maxItems: 1000, uniqueItems: true }) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object(
            { parts: Type.Array(ref(PresignedPart)) },
            { description: "One request for each part, in order." },
          ),
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
    async ({ viewer, params, body }) => ({ parts: await issueParts(viewer, params.photoId, body.partNumbers) }),
  );
};

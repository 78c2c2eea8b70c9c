import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageMultipart } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { PartNumber, PresignedPart } from "../schemas/multipart.ts";
import { PhotoParams } from "../schemas/params.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { Sha256 } from "../schemas/upload.ts";

export const issuePartsRoute: FastifyPluginAsyncTypebox<Pick<ManageMultipart, "issueParts">> = async (
  app,
  { issueParts },
) => {
  app.post(
    "/photos/:photoId/multipart/parts",
    {
      // A thousand hashes take more room than bodies have elsewhere.
      bodyLimit: 128 * 1024,
      schema: {
        operationId: "issueParts",
        tags: ["photos"],
        summary: "Presign parts of your multipart upload",
        description:
          "Each takes exactly as many bytes as the plan gives to its part. A part that was sent before may be sent again, and takes its place.",
        headers: repeatable,
        params: PhotoParams,
        body: Type.Object(
          {
            partNumbers: Type.Array(PartNumber, { minItems: 1, maxItems: 1000, uniqueItems: true }),
            sha256: Type.Optional(
              Type.Record(Type.String({ pattern: "^[1-9]\\d{0,4}$" }), Sha256, {
                description: "By part number, of every one of them, where the reservation said `partHashes`.",
                examples: [{ 1: "3a9ZyJ0mB1mJYc1o6jvVZ1F1l8mJ1C5nY8rVYyq0m5A=" }],
              }),
            ),
          },
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
    async ({ viewer, params, body: { partNumbers, sha256 = {} } }) => {
      const announced = partNumbers.map((partNumber) => ({ partNumber, sha256: sha256[partNumber] }));
      return { parts: await issueParts(viewer, params.photoId, announced) };
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import { DomainError } from "../../domain/errors.ts";
import type { ReservePhotos } from "../../domain/use-cases/photos/reserve-photos.ts";
import { itemProblem } from "../item-problem.ts";
import { Photo } from "../schemas/photo.ts";
import { Problem, problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";
import { PresignedRequest, toReservation, UploadRequest } from "../schemas/upload.ts";
import { maxBulkItems } from "../schemas/values.ts";

const ReservationOrProblem = Type.Object({
  photo: Type.Optional(ref(Photo)),
  upload: Type.Optional(ref(PresignedRequest)),
  problem: Type.Optional(ref(Problem)),
});

export const reservePhotosRoute: FastifyPluginAsyncTypebox<{ reservePhotos: ReservePhotos }> = async (
  app,
  { reservePhotos },
) => {
  app.post(
    "/photos/bulk",
    {
      bodyLimit: maxBulkItems * 4 * 1024,
      schema: {
        operationId: "reservePhotos",
        tags: ["photos"],
        summary: "Reserve many uploads",
        description: "Answers for each item, in order, either `{photo, upload}` or `{problem}`.",
        body: Type.Object(
          { items: Type.Array(ref(UploadRequest), { minItems: 1, maxItems: maxBulkItems }) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object(
            { items: Type.Array(ReservationOrProblem) },
            { description: "One answer for each item, in order." },
          ),
          ...problems(...signedIn, ...withBody),
        },
      },
    },
    async (request) => {
      const outcomes = await reservePhotos(request.viewer, request.body.items);
      return {
        items: outcomes.map((outcome) =>
          outcome instanceof DomainError ? { problem: itemProblem(outcome, request) } : toReservation(outcome),
        ),
      };
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ReservePhotos } from "../../domain/use-cases/photos/reserve-photos.ts";
import { answerItems, bulkBody } from "../bulk.ts";
import { Problem, problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { Reservation, toReservation, UploadRequest } from "../schemas/upload.ts";
import { maxBulkItems } from "../schemas/values.ts";

const item = ref(UploadRequest);
const ReservationOrProblem = Type.Union([ref(Reservation), Type.Object({ problem: ref(Problem) })]);

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
        description:
          "Answers for each item, in order, either `{photo, upload}` or `{problem}`: one that is wrong does not spoil the others.",
        headers: repeatable,
        body: bulkBody(item),
        response: {
          200: Type.Object(
            { items: Type.Array(ReservationOrProblem) },
            { description: "One answer for each item, in order." },
          ),
          ...problems(...signedIn, ...withBody, ...repeated),
        },
      },
    },
    async (request) => ({
      items: await answerItems(request, {
        item,
        items: request.body.items,
        step: (valid) => reservePhotos(request.viewer, valid),
        toAnswer: (_, outcome) => ("problem" in outcome ? outcome : toReservation(outcome)),
      }),
    }),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { only } from "../../domain/outcome.ts";
import type { ReservePhotos } from "../../domain/use-cases/photos/reserve-photos.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { Reservation, toReservation, UploadRequest } from "../schemas/upload.ts";

export const reservePhotoRoute: FastifyPluginAsyncTypebox<{ reservePhotos: ReservePhotos }> = async (
  app,
  { reservePhotos },
) => {
  app.post(
    "/photos",
    {
      schema: {
        operationId: "reservePhoto",
        tags: ["photos"],
        summary: "Reserve one upload",
        description:
          "Answers a presigned PUT that takes exactly the announced bytes, once; or a form, or the plan of an upload in parts, when you ask for one. The photo lapses when the bytes don't arrive.",
        headers: repeatable,
        body: ref(UploadRequest),
        response: {
          201: ref(Reservation),
          ...problems(
            ...signedIn,
            ...withBody,
            ...repeated,
            "CONTENT_TYPE_NOT_ALLOWED",
            "UPLOAD_TOO_LARGE",
            "QUOTA_EXCEEDED",
            "PARTS_MISMATCH",
            "ALBUM_NOT_FOUND",
          ),
        },
      },
    },
    async (request, reply) => {
      const reservation = only(await reservePhotos(request.viewer, [request.body]));
      reply.code(201);
      return toReservation(reservation);
    },
  );
};

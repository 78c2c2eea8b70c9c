import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ChangePhoto } from "../../domain/use-cases/photos/change-photo.ts";
import { PhotoParams } from "../schemas/params.ts";
import { ChangedPhoto, toPhoto, Visibility } from "../schemas/photo.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { nullable } from "../schemas/ref.ts";
import { Title, Uuid } from "../schemas/values.ts";

const Change = Type.Object(
  {
    title: Type.Optional(nullable(Title)),
    albumId: Type.Optional(nullable({ ...Uuid, description: "An album that you may add photos to." })),
    visibility: Type.Optional(Visibility),
  },
  { additionalProperties: false, minProperties: 1, description: "What is left out stays; null takes away." },
);

export const changePhotoRoute: FastifyPluginAsyncTypebox<{ changePhoto: ChangePhoto }> = async (
  app,
  { changePhoto },
) => {
  app.patch(
    "/photos/:photoId",
    {
      schema: {
        operationId: "changePhoto",
        tags: ["photos"],
        summary: "Change the title, the album or the visibility of your photo",
        description: "A URL that was signed before stays good until it expires.",
        params: PhotoParams,
        body: Change,
        response: {
          200: ChangedPhoto,
          ...problems(...signedIn, ...withBody, "PHOTO_NOT_FOUND", "ALBUM_NOT_FOUND"),
        },
      },
    },
    async (request) => ({
      photo: toPhoto(await changePhoto(request.viewer, request.params.photoId, request.body)),
    }),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageAlbums } from "../../domain/use-cases/albums/manage-albums.ts";
import { ChangedAlbum, toAlbum } from "../schemas/album.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { Title } from "../schemas/values.ts";

export const AlbumBody = Type.Object({ title: Title }, { additionalProperties: false });

export const createAlbumRoute: FastifyPluginAsyncTypebox<Pick<ManageAlbums, "createAlbum">> = async (
  app,
  { createAlbum },
) => {
  app.post(
    "/albums",
    {
      schema: {
        operationId: "createAlbum",
        tags: ["albums"],
        summary: "Make an album of your own",
        headers: repeatable,
        body: AlbumBody,
        response: { 201: ChangedAlbum, ...problems(...signedIn, ...withBody, ...repeated) },
      },
    },
    async (request, reply) => {
      const album = await createAlbum(request.viewer, request.body.title);
      reply.code(201);
      return { album: toAlbum(album) };
    },
  );
};

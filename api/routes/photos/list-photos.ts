import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ListPhotos } from "../../domain/use-cases/photos/list-photos.ts";
import { toViewedPhoto, ViewedPhoto, Visibility } from "../schemas/photo.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { nullable, ref } from "../schemas/ref.ts";
import { Uuid } from "../schemas/values.ts";

const defaultLimit = 50;
const cursor = "AZkLHH5Pe1KdbzwfXQ8qEVv0T2c4m1xZ";

const Query = Type.Object(
  {
    owner: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: "`me`, or a user's id; without one `me`, or everybody where an album is asked for.",
        examples: ["me"],
      }),
    ),
    albumId: Type.Optional({ ...Uuid, description: "An album that you are a member of." }),
    visibility: Type.Optional(Visibility),
    trashed: Type.Optional(Type.Boolean({ default: false, description: "Your trash instead of the rest." })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, default: defaultLimit, description: "The most photos of one page." }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 300, description: "The `nextCursor` of the page before.", examples: [cursor] }),
    ),
  },
  { additionalProperties: false },
);

export const listPhotosRoute: FastifyPluginAsyncTypebox<{ listPhotos: ListPhotos }> = async (app, { listPhotos }) => {
  app.get(
    "/photos",
    {
      schema: {
        operationId: "listPhotos",
        tags: ["photos"],
        summary: "List photos that you may see, newest first",
        description: "A page may hold fewer than `limit`; the last one is the one whose `nextCursor` is null.",
        querystring: Query,
        response: {
          200: Type.Object(
            {
              items: Type.Array(ref(ViewedPhoto)),
              nextCursor: nullable(Type.String({ description: "Where the next page begins.", examples: [cursor] })),
            },
            { description: "One page." },
          ),
          ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR", "ALBUM_NOT_FOUND"),
        },
      },
    },
    async (request) => {
      const { owner, limit = defaultLimit, ...rest } = request.query;
      const ownerId = owner === "me" ? request.viewer.userId : owner;
      const { items, nextCursor = null } = await listPhotos(request.viewer, { ownerId, limit, ...rest });
      return { items: items.map(toViewedPhoto), nextCursor };
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ListPhotos } from "../../domain/use-cases/photos/list-photos.ts";
import { toViewedPhoto, ViewedPhoto, Visibility } from "../schemas/photo.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { nullable, ref } from "../schemas/ref.ts";

const defaultLimit = 50;
const cursor = "AZkLHH5Pe1KdbzwfXQ8qEVv0T2c4m1xZ";

const Query = Type.Object(
  {
    owner: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, default: "me", description: "`me`, or a user's id." }),
    ),
    visibility: Type.Optional(Visibility),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, default: defaultLimit, description: "The most photos of one page." }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 64, description: "The `nextCursor` of the page before.", examples: [cursor] }),
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
          ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR"),
        },
      },
    },
    async (request) => {
      const { owner = "me", limit = defaultLimit, ...rest } = request.query;
      const ownerId = owner === "me" ? request.viewer.userId : owner;
      const { items, nextCursor = null } = await listPhotos(request.viewer, { ownerId, limit, ...rest });
      return { items: items.map(toViewedPhoto), nextCursor };
    },
  );
};

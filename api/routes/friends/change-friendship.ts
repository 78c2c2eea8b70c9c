import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { FriendshipChanges } from "../../domain/use-cases/friends/change-friendship.ts";
import { UserParams } from "../schemas/params.ts";
import { problems, signedIn } from "../schemas/problem.ts";

/** What only takes away, or gives back, has nothing to show. */
export const changeFriendshipRoutes: FastifyPluginAsyncTypebox<FriendshipChanges> = async (app, useCases) => {
  const response = {
    204: Type.Null({ description: "It is so, whatever it was before." }),
    ...problems(...signedIn, "INVALID_REQUEST", "OWN_FRIENDSHIP", "CHANGED_MEANWHILE"),
  };

  app.delete(
    "/friends/:userId",
    {
      schema: {
        operationId: "partFriend",
        tags: ["friends"],
        summary: "Decline another user, withdraw what you asked, or unfriend",
        description: "Photos for friends are gone for both of you at the next request.",
        params: UserParams,
        response,
      },
    },
    async (request, reply) => {
      await useCases.partFriend(request.viewer, request.params.userId);
      return reply.code(204).send(null);
    },
  );

  app.put(
    "/blocks/:userId",
    {
      schema: {
        operationId: "blockUser",
        tags: ["friends"],
        summary: "Block another user",
        description: "Ends a friendship too. The other user is not told: what they ask of you is never answered.",
        params: UserParams,
        response,
      },
    },
    async (request, reply) => {
      await useCases.blockUser(request.viewer, request.params.userId);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    "/blocks/:userId",
    {
      schema: {
        operationId: "unblockUser",
        tags: ["friends"],
        summary: "Lift your block of another user",
        params: UserParams,
        response,
      },
    },
    async (request, reply) => {
      await useCases.unblockUser(request.viewer, request.params.userId);
      return reply.code(204).send(null);
    },
  );
};

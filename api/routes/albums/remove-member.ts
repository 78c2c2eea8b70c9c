import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageMembers } from "../../domain/use-cases/albums/manage-members.ts";
import { AlbumMemberParams } from "../schemas/album.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const removeMemberRoute: FastifyPluginAsyncTypebox<Pick<ManageMembers, "removeMember">> = async (
  app,
  { removeMember },
) => {
  app.delete(
    "/albums/:albumId/members/:userId",
    {
      schema: {
        operationId: "removeMember",
        tags: ["albums"],
        summary: "Leave an album, or dismiss a member of one that you manage",
        description: "What they see by it is gone at the next request. The owner can't leave.",
        params: AlbumMemberParams,
        response: {
          204: Type.Null({ description: "They are no longer a member." }),
          ...problems(...signedIn, "INVALID_REQUEST", "ALBUM_NOT_FOUND", "MEMBER_NOT_FOUND", "CHANGED_MEANWHILE"),
        },
      },
    },
    async ({ viewer, params }, reply) => {
      await removeMember(viewer, params.albumId, params.userId);
      return reply.code(204).send(null);
    },
  );
};

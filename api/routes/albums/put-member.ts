import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageMembers } from "../../domain/use-cases/albums/manage-members.ts";
import { AlbumMemberParams, Member, MemberRole, toMember } from "../schemas/album.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const putMemberRoute: FastifyPluginAsyncTypebox<Pick<ManageMembers, "putMember">> = async (
  app,
  { putMember },
) => {
  app.put(
    "/albums/:albumId/members/:userId",
    {
      schema: {
        operationId: "putMember",
        tags: ["albums"],
        summary: "Make somebody a member of an album that you manage, or give a member another role",
        description: "Nobody gives more than they have, nor changes whoever has as much.",
        params: AlbumMemberParams,
        body: Type.Object({ role: MemberRole }, { additionalProperties: false }),
        response: {
          200: Type.Object({ member: ref(Member) }, { description: "The member as they are now." }),
          ...problems(
            ...signedIn,
            ...withBody,
            "ALBUM_NOT_FOUND",
            "MEMBER_NOT_FOUND",
            "CHANGED_MEANWHILE",
            "ALBUM_FULL",
          ),
        },
      },
    },
    async ({ viewer, params, body }) => ({
      member: toMember(await putMember(viewer, params.albumId, params.userId, body.role)),
    }),
  );
};

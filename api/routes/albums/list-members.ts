import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageMembers } from "../../domain/use-cases/albums/manage-members.ts";
import { AlbumParams, Member, toMember } from "../schemas/album.ts";
import { PageQuery, pageOf, pageRequest, toPage } from "../schemas/page.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const listMembersRoute: FastifyPluginAsyncTypebox<Pick<ManageMembers, "listMembers">> = async (
  app,
  { listMembers },
) => {
  app.get(
    "/albums/:albumId/members",
    {
      schema: {
        operationId: "listMembers",
        tags: ["albums"],
        summary: "List the members of an album that you are in, by user id",
        params: AlbumParams,
        querystring: PageQuery,
        response: {
          200: pageOf(ref(Member)),
          ...problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR", "ALBUM_NOT_FOUND"),
        },
      },
    },
    async ({ viewer, params, query }) =>
      toPage(await listMembers(viewer, params.albumId, pageRequest(query)), toMember),
  );
};

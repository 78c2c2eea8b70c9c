import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ListFriends } from "../../domain/use-cases/friends/list-friends.ts";
import { Block, Friend, FriendStatus, toBlock, toFriend } from "../schemas/friend.ts";
import { PageQuery, pageOf, pageQuery, pageRequest, toPage } from "../schemas/page.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

const FriendQuery = Type.Object(
  { status: Type.Optional({ ...FriendStatus, default: "accepted" }), ...pageQuery },
  { additionalProperties: false },
);

export const listFriendsRoutes: FastifyPluginAsyncTypebox<{ listFriends: ListFriends }> = async (
  app,
  { listFriends },
) => {
  const refused = problems(...signedIn, "INVALID_REQUEST", "INVALID_CURSOR");

  app.get(
    "/friends",
    {
      schema: {
        operationId: "listFriends",
        tags: ["friends"],
        summary: "List your friends, who asks you, or whom you ask, by user id",
        querystring: FriendQuery,
        response: { 200: pageOf(ref(Friend)), ...refused },
      },
    },
    async (request) => {
      const { status = "accepted", ...page } = request.query;
      return toPage(await listFriends(request.viewer, status, pageRequest(page)), toFriend);
    },
  );

  app.get(
    "/blocks",
    {
      schema: {
        operationId: "listBlocks",
        tags: ["friends"],
        summary: "List the users whom you block, by user id",
        querystring: PageQuery,
        response: { 200: pageOf(ref(Block)), ...refused },
      },
    },
    async (request) => toPage(await listFriends(request.viewer, "blocked", pageRequest(request.query)), toBlock),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { AskFriend } from "../../domain/use-cases/friends/ask-friend.ts";
import { Friend, toFriend } from "../schemas/friend.ts";
import { UserParams } from "../schemas/params.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const askFriendRoute: FastifyPluginAsyncTypebox<{ askFriend: AskFriend }> = async (app, { askFriend }) => {
  app.put(
    "/friends/:userId",
    {
      schema: {
        operationId: "askFriend",
        tags: ["friends"],
        summary: "Ask another user to be friends, or accept where they have asked",
        description: "Asking again changes nothing.",
        params: UserParams,
        response: {
          200: Type.Object({ friend: ref(Friend) }, { description: "The other user as you see them now." }),
          ...problems(
            ...signedIn,
            "INVALID_REQUEST",
            "OWN_FRIENDSHIP",
            "USER_BLOCKED",
            "CHANGED_MEANWHILE",
            "TOO_MANY_FRIENDS",
          ),
        },
      },
    },
    async (request) => ({ friend: toFriend(await askFriend(request.viewer, request.params.userId)) }),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { ManageLinks } from "../../domain/use-cases/links/manage-links.ts";
import { LinkParams } from "../schemas/link.ts";
import { problems, signedIn } from "../schemas/problem.ts";

export const removeLinkRoute: FastifyPluginAsyncTypebox<Pick<ManageLinks, "removeLink">> = async (
  app,
  { removeLink },
) => {
  app.delete(
    "/links/:link",
    {
      schema: {
        operationId: "removeLink",
        tags: ["links"],
        summary: "Revoke your share link",
        description:
          "It opens nothing from the next request on. A URL that was signed before stays good until it expires.",
        params: LinkParams,
        response: {
          204: Type.Null({ description: "It is revoked." }),
          ...problems(...signedIn, "INVALID_REQUEST", "LINK_NOT_FOUND"),
        },
      },
    },
    async (request, reply) => {
      await removeLink(request.viewer, request.params.link);
      return reply.code(204).send(null);
    },
  );
};

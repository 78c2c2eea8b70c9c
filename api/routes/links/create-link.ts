import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ManageLinks } from "../../domain/use-cases/links/manage-links.ts";
import { LinkRequest, NewLink, toNewLink, toTarget } from "../schemas/link.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";

export const createLinkRoute: FastifyPluginAsyncTypebox<Pick<ManageLinks, "createLink">> = async (
  app,
  { createLink },
) => {
  app.post(
    "/links",
    {
      schema: {
        operationId: "createLink",
        tags: ["links"],
        summary: "Make a share link to your photo, or to an album that you manage",
        description: "Whoever holds the token opens it without an account, as long as you may share what it leads to.",
        headers: repeatable,
        body: LinkRequest,
        response: {
          201: NewLink,
          ...problems(
            ...signedIn,
            ...withBody,
            ...repeated,
            "LINK_EXPIRY",
            "PHOTO_NOT_FOUND",
            "ALBUM_NOT_FOUND",
            "TOO_MANY_REQUESTS",
          ),
        },
      },
    },
    async ({ viewer, body }, reply) => {
      const { target, expiresAt, password, allowDownload = false } = body;
      const issued = await createLink(viewer, {
        target: toTarget(target),
        expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
        password,
        allowDownload,
      });
      reply.code(201);
      return toNewLink(issued);
    },
  );
};

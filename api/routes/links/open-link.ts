import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { OpenLink } from "../../domain/use-cases/links/open-link.ts";
import { LinkPassword, Opened, TokenParams, toOpened } from "../schemas/link.ts";
import { PageQuery, pageQuery, pageRequest } from "../schemas/page.ts";
import { problems, withBody } from "../schemas/problem.ts";

const LinkKey = Type.Object({ password: Type.Optional(LinkPassword), ...pageQuery }, { additionalProperties: false });

const always = ["INVALID_REQUEST", "INVALID_CURSOR", "LINK_NOT_FOUND", "DEPENDENCY_UNAVAILABLE"] as const;

/** By GET where the token is enough; a password goes in a body, since addresses are logged and kept. */
export const openLinkRoutes: FastifyPluginAsyncTypebox<{ openLink: OpenLink }> = async (app, { openLink }) => {
  app.get(
    "/links/:link",
    {
      schema: {
        operationId: "openLink",
        tags: ["links"],
        summary: "Open a share link without signing in",
        description: "An album is answered page by page. Nothing that is signed here outlives the link.",
        security: [],
        params: TokenParams,
        querystring: PageQuery,
        response: { 200: Opened, ...problems(...always, "LINK_PASSWORD_REQUIRED") },
      },
    },
    async ({ params, query }) => toOpened(await openLink({ token: params.link }, pageRequest(query))),
  );

  app.post(
    "/links/:link",
    {
      schema: {
        operationId: "openLinkByPassword",
        tags: ["links"],
        summary: "Open a share link by its password, without signing in",
        description: "Each page of an album asks for the password again. Attempts are limited for each link.",
        security: [],
        params: TokenParams,
        body: LinkKey,
        response: {
          200: Opened,
          ...problems(
            ...withBody,
            ...always.filter((code) => code !== "INVALID_REQUEST"),
            "LINK_PASSWORD_REQUIRED",
            "LINK_PASSWORD_WRONG",
            "TOO_MANY_REQUESTS",
          ),
        },
      },
    },
    async ({ params, body: { password, ...page } }) =>
      toOpened(await openLink({ token: params.link, password }, pageRequest(page))),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { IssueCookies } from "../../domain/use-cases/photos/issue-cookies.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { nullable } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { Time, Uuid } from "../schemas/values.ts";

export interface CookieUseCases {
  readonly issueCookies: IssueCookies;
  /** A parent of both the API's and the media distribution's; without one the app has to set the cookies itself. */
  readonly cookieDomain: string | undefined;
}

const Cookie = Type.Object({
  name: Type.String({ examples: ["CloudFront-Key-Pair-Id"] }),
  value: Type.String({ examples: ["K2EXAMPLE"] }),
});

const Cookies = Type.Object(
  {
    cookies: Type.Array(Cookie),
    path: Type.String({ examples: ["/media/01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11/"] }),
    domain: nullable(Type.String({ examples: ["example.com"] })),
    expiresAt: Time,
  },
  {
    description: "They open every rendition of the photo until they expire.",
    headers: { "set-cookie": { type: "string", description: "Each of them, where `domain` is not null." } },
  },
);

export const issueCookiesRoute: FastifyPluginAsyncTypebox<CookieUseCases> = async (
  app,
  { issueCookies, cookieDomain },
) => {
  app.post(
    "/cookies",
    {
      schema: {
        operationId: "issueCookies",
        tags: ["photos"],
        summary: "Sign cookies that open every rendition of one photo",
        description:
          "For players and pages that can't put a signature into each URL. They are set by the answer as well where the API and the media share a parent domain.",
        headers: repeatable,
        body: Type.Object({ photoId: Uuid }, { additionalProperties: false }),
        response: {
          200: Cookies,
          ...problems(...signedIn, ...withBody, ...repeated, "PHOTO_NOT_FOUND", "PHOTO_NOT_READY"),
        },
      },
    },
    async (request, reply) => {
      const { cookies, path, expiresAt } = await issueCookies(request.viewer, request.body.photoId);
      if (cookieDomain !== undefined) {
        // Cross-site, because the page that shows the media may be anywhere that CORS lets call.
        const scope = `Domain=${cookieDomain}; Path=${path}; Expires=${expiresAt.toUTCString()}; Secure; HttpOnly; SameSite=None`;
        reply.header(
          "set-cookie",
          cookies.map(({ name, value }) => `${name}=${value}; ${scope}`),
        );
      }
      return { cookies: [...cookies], path, domain: cookieDomain ?? null, expiresAt };
    },
  );
};

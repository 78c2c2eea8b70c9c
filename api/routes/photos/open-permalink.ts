import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import { PhotoNotFoundError } from "../../domain/errors.ts";
import { only } from "../../domain/outcome.ts";
import { viewedSizes } from "../../domain/photo.ts";
import { onlyUrl } from "../../domain/photo-urls.ts";
import type { IssueUrls } from "../../domain/use-cases/photos/issue-urls.ts";
import { problems } from "../schemas/problem.ts";
import { oneOf } from "../schemas/ref.ts";
import { RenditionFormat, Uuid } from "../schemas/values.ts";

export const openPermalinkRoute: FastifyPluginAsyncTypebox<{ issueUrls: IssueUrls }> = async (app, { issueUrls }) => {
  app.get(
    "/p/:photoId/:rendition",
    {
      // Whatever is wrong with a permalink, it leads nowhere.
      attachValidation: true,
      schema: {
        operationId: "openPermalink",
        tags: ["photos"],
        summary: "Open a public photo without signing in",
        security: [],
        params: Type.Object({
          photoId: Uuid,
          rendition: oneOf(viewedSizes, {
            description: "The longest edge in pixels, or `video` of a video.",
            examples: ["640"],
          }),
        }),
        querystring: Type.Object({ format: Type.Optional(RenditionFormat) }),
        response: {
          302: Type.Null({ description: "The signed URL is in `location`.", headers: locationHeader }),
          ...problems("PHOTO_NOT_FOUND", "DEPENDENCY_UNAVAILABLE"),
        },
      },
    },
    async (request, reply) => {
      const { photoId, rendition } = request.params;
      if (request.validationError) throw new PhotoNotFoundError(photoId, "absent");
      const viewed = only(await issueUrls(undefined, [{ photoId, size: rendition, format: request.query.format }]));
      // Never cached, as the security headers say: a photo that is made private must be gone at the next request.
      return reply.redirect(onlyUrl(viewed).url, 302);
    },
  );
};

const locationHeader = { location: { type: "string", format: "uri" } };

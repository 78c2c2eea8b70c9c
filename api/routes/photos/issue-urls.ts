import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import { DomainError } from "../../domain/errors.ts";
import { type PhotoSize, photoSizes } from "../../domain/photo.ts";
import { urlOf } from "../../domain/photo-urls.ts";
import type { IssueUrls } from "../../domain/use-cases/photos/issue-urls.ts";
import { zip } from "../../domain/zip.ts";
import { itemProblem } from "../item-problem.ts";
import { Problem, problems, signedIn, withBody } from "../schemas/problem.ts";
import { oneOf, ref } from "../schemas/ref.ts";
import { maxBulkItems, signedUrl, Time, Uuid } from "../schemas/values.ts";

const defaultRendition: PhotoSize = "2048";

const UrlRequest = Type.Object(
  {
    photoId: Uuid,
    rendition: Type.Optional(oneOf(photoSizes, { default: defaultRendition, examples: ["640"] })),
  },
  { additionalProperties: false },
);

const UrlOrProblem = Type.Object({
  photoId: Uuid,
  url: Type.Optional(signedUrl(defaultRendition)),
  expiresAt: Type.Optional(Time),
  problem: Type.Optional(ref(Problem)),
});

export const issueUrlsRoute: FastifyPluginAsyncTypebox<{ issueUrls: IssueUrls }> = async (app, { issueUrls }) => {
  app.post(
    "/urls",
    {
      bodyLimit: maxBulkItems * 256,
      schema: {
        operationId: "issueUrls",
        tags: ["photos"],
        summary: "Sign the URLs of many photos",
        description:
          "Answers for each item, in order, either `{photoId, url, expiresAt}` or `{photoId, problem}`; the problem is PHOTO_NOT_FOUND or PHOTO_NOT_READY.",
        body: Type.Object(
          { items: Type.Array(UrlRequest, { minItems: 1, maxItems: maxBulkItems }) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ items: Type.Array(UrlOrProblem) }, { description: "One answer for each item, in order." }),
          ...problems(...signedIn, ...withBody),
        },
      },
    },
    async (request) => {
      const wanted = request.body.items.map(({ photoId, rendition = defaultRendition }) => ({
        photoId,
        size: rendition,
      }));
      const outcomes = await issueUrls(request.viewer, wanted);
      const toTime = timeWriter();
      return {
        items: zip(wanted, outcomes).map(([{ photoId, size }, outcome]) => {
          if (outcome instanceof DomainError) return { photoId, problem: itemProblem(outcome, request) };
          const { url, expiresAt } = urlOf(outcome, size);
          return { photoId, url, expiresAt: toTime(expiresAt) };
        }),
      };
    },
  );
};

/** A list expires at one time or few, and writing it out for each URL would cost as much as signing from memory does. */
function timeWriter(): (time: Date) => string {
  const written = new Map<number, string>();
  return (time) => {
    const text = written.get(time.getTime()) ?? time.toISOString();
    written.set(time.getTime(), text);
    return text;
  };
}

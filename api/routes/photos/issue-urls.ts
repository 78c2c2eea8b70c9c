import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type, { type Static } from "typebox";
import { photoSizes } from "../../domain/photo.ts";
import { onlyUrl } from "../../domain/photo-urls.ts";
import type { UrlRequest as AskedUrl, IssueUrls } from "../../domain/use-cases/photos/issue-urls.ts";
import { answerItems, bulkBody } from "../bulk.ts";
import { Problem, problems, signedIn, withBody } from "../schemas/problem.ts";
import { nullable, oneOf, ref } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { exampleId, maxBulkItems, RenditionFormat, signedUrl, Time, Uuid } from "../schemas/values.ts";

const UrlRequest = Type.Object(
  {
    photoId: Uuid,
    rendition: Type.Optional(
      oneOf(photoSizes, { description: "Without one the largest: `2048`, or `video` of a video.", examples: ["640"] }),
    ),
    format: Type.Optional(RenditionFormat),
  },
  { additionalProperties: false },
);

/** Not a union, though it is one: to tell its members apart again for every item costs the serialiser more than signing does. */
const UrlOrProblem = Type.Object({
  photoId: nullable(
    Type.String({ description: "As it was asked for; null where that was no text.", examples: [exampleId] }),
  ),
  url: Type.Optional(signedUrl("2048")),
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
          "Answers for each item, in order, either `{photoId, url, expiresAt}` or `{photoId, problem}`; the problem is PHOTO_NOT_FOUND, PHOTO_NOT_READY, or INVALID_REQUEST of an item that is wrong, which does not spoil the others.",
        headers: repeatable,
        body: bulkBody(UrlRequest),
        response: {
          200: Type.Object({ items: Type.Array(UrlOrProblem) }, { description: "One answer for each item, in order." }),
          ...problems(...signedIn, ...withBody, ...repeated),
        },
      },
    },
    async (request) => {
      const toTime = timeWriter();
      return {
        items: await answerItems(request, {
          item: UrlRequest,
          items: request.body.items,
          step: (valid) => issueUrls(request.viewer, valid.map(toWish)),
          toAnswer: (item, outcome) => {
            if ("problem" in outcome) return { photoId: askedFor(item), problem: outcome.problem };
            const { url, expiresAt } = onlyUrl(outcome);
            return { photoId: item.photoId, url, expiresAt: toTime(expiresAt) };
          },
        }),
      };
    },
  );
};

function toWish({ photoId, rendition, format }: Static<typeof UrlRequest>): AskedUrl {
  return { photoId, size: rendition ?? "largest", format };
}

const longestId = 64;

/** Of an item that may be anything: so much of its id that a client finds it again. */
function askedFor(item: unknown): string | null {
  const photoId: unknown = typeof item === "object" && item !== null && "photoId" in item ? item.photoId : undefined;
  return typeof photoId === "string" ? photoId.slice(0, longestId) : null;
}

/** A list expires at one time or few, and writing it out for each URL would cost as much as signing from memory does. */
function timeWriter(): (time: Date) => string {
  const written = new Map<number, string>();
  return (time) => {
    const text = written.get(time.getTime()) ?? time.toISOString();
    written.set(time.getTime(), text);
    return text;
  };
}

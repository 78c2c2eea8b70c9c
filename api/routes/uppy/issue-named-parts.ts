import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import { only } from "../../domain/outcome.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import { PartNumber } from "../schemas/multipart.ts";
import { signedIn } from "../schemas/problem.ts";
import {
  KeyQuery,
  naming,
  SecondsLeft,
  secondsUntil,
  textMap,
  UploadId,
  UploadIdParams,
  Url,
  uppyProblems,
} from "../schemas/uppy.ts";

/** Numbers apart from each other by commas, no more than a URL has room for. */
const PartNumbers = Type.String({ pattern: "^[1-9]\\d{0,4}(,[1-9]\\d{0,4}){0,99}$", examples: ["1,2"] });

export const issueNamedPartsRoutes: FastifyPluginAsyncTypebox<
  Pick<UppyCompanion, "issueNamedParts"> & { now: Clock }
> = async (app, { issueNamedParts, now }) => {
  app.get(
    "/s3/multipart/:uploadId/batch",
    {
      schema: {
        operationId: "uppySignParts",
        tags: ["uppy"],
        summary: "Presign parts, for Uppy 5",
        params: UploadIdParams,
        querystring: Type.Object({ ...KeyQuery.properties, partNumbers: PartNumbers }),
        response: {
          200: Type.Object(
            { presignedUrls: textMap("URLs by part number.", { 1: "https://bucket.s3.eu-central-1.amazonaws.com/…" }) },
            { description: "One URL for each part." },
          ),
          ...uppyProblems(...signedIn, "INVALID_REQUEST", ...naming, "PARTS_MISMATCH"),
        },
      },
    },
    async ({ viewer, params: { uploadId }, query: { key, partNumbers } }) => {
      const parts = await issueNamedParts(viewer, { key, uploadId }, partNumbers.split(",").map(Number));
      return { presignedUrls: Object.fromEntries(parts.map(({ partNumber, url }) => [partNumber, url])) };
    },
  );

  app.get(
    "/s3/multipart/:uploadId/:partNumber",
    {
      schema: {
        operationId: "uppySignPart",
        tags: ["uppy"],
        summary: "Presign one part, for Uppy 5",
        params: Type.Object({ uploadId: UploadId, partNumber: PartNumber }),
        querystring: KeyQuery,
        response: {
          200: Type.Object({ url: Url, expires: SecondsLeft }, { description: "By what to send the part." }),
          ...uppyProblems(...signedIn, "INVALID_REQUEST", ...naming, "PARTS_MISMATCH"),
        },
      },
    },
    async ({ viewer, params: { uploadId, partNumber }, query: { key } }) => {
      const { url, expiresAt } = only(await issueNamedParts(viewer, { key, uploadId }, [partNumber]));
      return { url, expires: secondsUntil(expiresAt, now()) };
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import { PartNumber } from "../schemas/multipart.ts";
import { signedIn } from "../schemas/problem.ts";
import { KeyQuery, naming, QuotedETag, UploadIdParams, uppyProblems } from "../schemas/uppy.ts";

const ListedPart = Type.Object({
  PartNumber,
  ETag: QuotedETag,
  Size: Type.Integer({ description: "Bytes.", examples: [5_242_880] }),
});

export const listNamedPartsRoute: FastifyPluginAsyncTypebox<Pick<UppyCompanion, "listNamedParts">> = async (
  app,
  { listNamedParts },
) => {
  app.get(
    "/s3/multipart/:uploadId",
    {
      schema: {
        operationId: "uppyListParts",
        tags: ["uppy"],
        summary: "List the parts that have arrived, for Uppy 5",
        params: UploadIdParams,
        querystring: KeyQuery,
        response: {
          200: Type.Array(ListedPart, { description: "All of them, by number." }),
          ...uppyProblems(...signedIn, "INVALID_REQUEST", ...naming),
        },
      },
    },
    async ({ viewer, params: { uploadId }, query: { key } }) => {
      const parts = await listNamedParts(viewer, { key, uploadId });
      return parts.map(({ partNumber, etag, size }) => ({ PartNumber: partNumber, ETag: `"${etag}"`, Size: size }));
    },
  );
};

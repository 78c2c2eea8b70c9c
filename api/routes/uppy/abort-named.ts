import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import { signedIn } from "../schemas/problem.ts";
import { KeyQuery, naming, UploadIdParams, uppyProblems } from "../schemas/uppy.ts";

export const abortNamedRoute: FastifyPluginAsyncTypebox<Pick<UppyCompanion, "abortNamed">> = async (
  app,
  { abortNamed },
) => {
  app.delete(
    "/s3/multipart/:uploadId",
    {
      schema: {
        operationId: "uppyAbortParts",
        tags: ["uppy"],
        summary: "Give an upload in parts up, for Uppy 5",
        params: UploadIdParams,
        querystring: KeyQuery,
        response: {
          200: Type.Object({}, { description: "It is given up." }),
          ...uppyProblems(...signedIn, "INVALID_REQUEST", ...naming),
        },
      },
    },
    async ({ viewer, params: { uploadId }, query: { key } }) => {
      await abortNamed(viewer, { key, uploadId });
      return {};
    },
  );
};

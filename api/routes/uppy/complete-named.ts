import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import { completeBodyLimit, PartNumber, toPart } from "../schemas/multipart.ts";
import { signedIn, withBody } from "../schemas/problem.ts";
import { BucketName, Key, KeyQuery, naming, QuotedETag, UploadIdParams, Url, uppyProblems } from "../schemas/uppy.ts";

export interface CompleteNamedOptions extends Pick<UppyCompanion, "completeNamed"> {
  readonly bucket: string;
  /** The address of an object, which opens nothing by itself. */
  readonly locate: (key: string) => Promise<string>;
}

export const completeNamedRoute: FastifyPluginAsyncTypebox<CompleteNamedOptions> = async (
  app,
  { completeNamed, bucket, locate },
) => {
  app.post(
    "/s3/multipart/:uploadId/complete",
    {
      bodyLimit: completeBodyLimit,
      schema: {
        operationId: "uppyCompleteParts",
        tags: ["uppy"],
        summary: "Make a photo of the parts that have arrived, for Uppy 5",
        params: UploadIdParams,
        querystring: KeyQuery,
        body: Type.Object({
          parts: Type.Array(Type.Object({ PartNumber, ETag: QuotedETag }), { minItems: 1, maxItems: 10_000 }),
        }),
        response: {
          200: Type.Object(
            { location: Url, key: Key, bucket: BucketName },
            { description: "Where the bytes are, for nobody to read there." },
          ),
          ...uppyProblems(...signedIn, ...withBody, ...naming, "PARTS_MISMATCH"),
        },
      },
    },
    async ({ viewer, params: { uploadId }, query: { key }, body }) => {
      const parts = body.parts.map(({ PartNumber, ETag }) => toPart({ partNumber: PartNumber, etag: ETag }));
      await completeNamed(viewer, { key, uploadId }, parts);
      return { location: await locate(key), key, bucket };
    },
  );
};

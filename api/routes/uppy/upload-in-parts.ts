import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import { signedIn, withBody } from "../schemas/problem.ts";
import {
  BucketName,
  FileName,
  FileType,
  Key,
  Metadata,
  reserving,
  toUploadRequest,
  UploadId,
  uppyProblems,
} from "../schemas/uppy.ts";

export const uploadInPartsRoute: FastifyPluginAsyncTypebox<
  Pick<UppyCompanion, "uploadInParts"> & { bucket: string }
> = async (app, { uploadInParts, bucket }) => {
  app.post(
    "/s3/multipart",
    {
      schema: {
        operationId: "uppyUploadInParts",
        tags: ["uppy"],
        summary: "Reserve an upload in parts, for Uppy 5",
        description:
          "With `metadata.size` every part is pinned to its length, as Uppy cuts files unless it is told otherwise; without it your quota holds the largest upload there may be, and the length is looked at when the upload is completed.",
        body: Type.Object({
          filename: Type.Optional(FileName),
          type: Type.Optional(FileType),
          metadata: Type.Optional(Metadata),
        }),
        response: {
          200: Type.Object(
            { key: Key, uploadId: UploadId, bucket: BucketName },
            { description: "What names the upload." },
          ),
          ...uppyProblems(...signedIn, ...withBody, ...reserving),
        },
      },
    },
    async ({ viewer, body: { filename, type, metadata = {} } }) => ({
      ...(await uploadInParts(viewer, toUploadRequest({ filename, type, metadata }))),
      bucket,
    }),
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { Clock } from "../../domain/ports/clock.ts";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import { signedIn } from "../schemas/problem.ts";
import {
  FileName,
  FileType,
  Metadata,
  metadataIn,
  reserving,
  SecondsLeft,
  secondsUntil,
  textMap,
  toBrowserHeaders,
  toUploadRequest,
  Url,
  uppyProblems,
} from "../schemas/uppy.ts";

const PutParameters = Type.Object({
  method: Type.Literal("PUT"),
  url: Url,
  headers: textMap("Send exactly these.", { "content-type": "image/jpeg", "if-none-match": "*" }),
});

const FormParameters = Type.Object({
  method: Type.Literal("POST"),
  url: Url,
  fields: textMap("Send exactly these, and after them the bytes as the field `file`.", {
    Policy: "eyJleHBpcmF0aW9uIjoi",
  }),
  expires: SecondsLeft,
});

export const uploadWholeRoute: FastifyPluginAsyncTypebox<Pick<UppyCompanion, "uploadWhole"> & { now: Clock }> = async (
  app,
  { uploadWhole, now },
) => {
  app.get(
    "/s3/params",
    {
      schema: {
        operationId: "uppyUploadWhole",
        tags: ["uppy"],
        summary: "Reserve an upload in one piece, for Uppy 5",
        description:
          "A PUT of exactly `metadata[size]` bytes; where that is not said a form of up to 100 MiB, all of which your quota holds until the bytes have been seen.",
        querystring: Type.Object({
          filename: Type.Optional(FileName),
          type: Type.Optional(FileType),
          "metadata[size]": Metadata.properties.size,
          "metadata[sha256]": Metadata.properties.sha256,
          "metadata[title]": Metadata.properties.title,
          "metadata[albumId]": Metadata.properties.albumId,
          "metadata[visibility]": Metadata.properties.visibility,
        }),
        response: {
          200: Type.Union([PutParameters, FormParameters], { description: "How to send the bytes." }),
          ...uppyProblems(...signedIn, "INVALID_REQUEST", ...reserving),
        },
      },
    },
    async ({ viewer, query }) => {
      const { filename, type } = query;
      const request = toUploadRequest({ filename, type, metadata: metadataIn(query) });
      const { upload } = await uploadWhole(viewer, request);
      return upload.method === "POST"
        ? {
            method: "POST" as const,
            url: upload.url,
            fields: upload.fields,
            expires: secondsUntil(upload.expiresAt, now()),
          }
        : { method: "PUT" as const, url: upload.url, headers: toBrowserHeaders(upload.headers) };
    },
  );
};

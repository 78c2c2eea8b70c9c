import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { SignUppyRequest } from "../../domain/use-cases/uppy/sign-uppy-request.ts";
import { PartNumber } from "../schemas/multipart.ts";
import { signedIn, withBody } from "../schemas/problem.ts";
import { oneOf } from "../schemas/ref.ts";
import {
  FileType,
  Key,
  naming,
  reserving,
  textMap,
  toBrowserHeaders,
  UploadId,
  Url,
  uppyProblems,
} from "../schemas/uppy.ts";

export const signUppyRequestRoute: FastifyPluginAsyncTypebox<{ signUppyRequest: SignUppyRequest }> = async (
  app,
  { signUppyRequest },
) => {
  app.post(
    "/sign",
    {
      schema: {
        operationId: "uppySignRequest",
        tags: ["uppy"],
        summary: "Sign one request to S3, for Uppy 6",
        description:
          "PUT sends a file, POST begins an upload in parts; with `uploadId`, PUT sends a part, GET lists them, POST completes and DELETE aborts. A file whose `key` is asked for as `{size}/{name}` is pinned to that size.",
        body: Type.Object({
          method: oneOf(["PUT", "POST", "GET", "DELETE"]),
          key: Key,
          contentType: Type.Optional(FileType),
          uploadId: Type.Optional(UploadId),
          partNumber: Type.Optional(PartNumber),
        }),
        response: {
          200: Type.Object(
            {
              url: Url,
              key: Key,
              headers: Type.Optional(textMap("Send exactly these.", { "if-none-match": "*" })),
              fields: Type.Optional(textMap("Of a form, the file after them.", { Policy: "eyJleHBpcmF0aW9uIjoi" })),
            },
            { description: "What to send, and under which key it will lie." },
          ),
          ...uppyProblems(
            ...signedIn,
            ...withBody,
            ...reserving,
            ...naming,
            "PARTS_MISMATCH",
            "UNKNOWN_UPLOAD_REQUEST",
          ),
        },
      },
    },
    async ({ viewer, body }) => {
      const { headers, ...signed } = await signUppyRequest(viewer, body);
      return headers ? { ...signed, headers: toBrowserHeaders(headers) } : signed;
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { IssueUploadAccess } from "../../domain/ports/upload-credentials.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { Time } from "../schemas/values.ts";

const Access = Type.Object(
  {
    credentials: Type.Object({
      accessKeyId: Type.String({ examples: ["ASIAIOSFODNN7EXAMPLE"] }),
      secretAccessKey: Type.String({ examples: ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"] }),
      sessionToken: Type.String({ examples: ["IQoJb3JpZ2luX2VjEXAMPLE"] }),
      expiration: Time,
    }),
    bucket: Type.String({ examples: ["latchkey-media-0f764c9"] }),
    region: Type.String({ examples: ["eu-central-1"] }),
    prefix: Type.String({
      description: "Of the keys that they open. The rest of a key is the id of a photo that you have reserved.",
      examples: ["uploads/f4b8a408-8091-7037-3cd2-9f1d0a6c2b11/"],
    }),
  },
  { description: "They expire in 15 minutes. Their names are those that the AWS SDKs take." },
);

export const issueCredentialsRoute: FastifyPluginAsyncTypebox<{ issueUploadAccess: IssueUploadAccess }> = async (
  app,
  { issueUploadAccess },
) => {
  app.post(
    "/credentials",
    {
      schema: {
        operationId: "issueCredentials",
        tags: ["me"],
        summary: "Get AWS credentials that upload to your own prefix, and do nothing else",
        description:
          "For S3 clients that sign by themselves. Reserve a photo first: the bytes under its key become the photo as any upload does, sent once, with `If-None-Match: *`; anything else under the prefix is thrown away.",
        headers: repeatable,
        response: { 200: Access, ...problems(...signedIn, ...withBody, ...repeated) },
      },
    },
    async ({ viewer }) => issueUploadAccess(viewer.userId),
  );
};

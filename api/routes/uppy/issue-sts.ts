import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { IssueUploadAccess } from "../../domain/ports/upload-credentials.ts";
import { signedIn } from "../schemas/problem.ts";
import { BucketName, uppyProblems } from "../schemas/uppy.ts";
import { Time } from "../schemas/values.ts";

export const issueStsRoute: FastifyPluginAsyncTypebox<{ issueUploadAccess: IssueUploadAccess }> = async (
  app,
  { issueUploadAccess },
) => {
  app.get(
    "/s3/sts",
    {
      schema: {
        operationId: "uppyIssueCredentials",
        tags: ["uppy"],
        summary: "Get AWS credentials that upload to your own prefix, for Uppy 5",
        description:
          "As `POST /v1/credentials`. They sign the parts of an upload that was reserved here; for a file in one piece Uppy makes a key up, which S3 refuses.",
        response: {
          200: Type.Object(
            {
              credentials: Type.Object({
                AccessKeyId: Type.String({ examples: ["ASIAIOSFODNN7EXAMPLE"] }),
                SecretAccessKey: Type.String({ examples: ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"] }),
                SessionToken: Type.String({ examples: ["IQoJb3JpZ2luX2VjEXAMPLE"] }),
                Expiration: Time,
              }),
              bucket: BucketName,
              region: Type.String({ examples: ["eu-central-1"] }),
            },
            { description: "They expire in 15 minutes." },
          ),
          ...uppyProblems(...signedIn),
        },
      },
    },
    async ({ viewer }) => {
      const { credentials, bucket, region } = await issueUploadAccess(viewer.userId);
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
      return {
        credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: expiration,
        },
        bucket,
        region,
      };
    },
  );
};

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { IssueDeleteUrl } from "../../domain/use-cases/photos/issue-delete-url.ts";
import { PhotoParams } from "../schemas/params.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";
import { repeatable, repeated } from "../schemas/repeatable.ts";
import { PresignedRequest } from "../schemas/upload.ts";

export const issueDeleteUrlRoute: FastifyPluginAsyncTypebox<{ issueDeleteUrl: IssueDeleteUrl }> = async (
  app,
  { issueDeleteUrl },
) => {
  app.post(
    "/photos/:photoId/delete-url",
    {
      schema: {
        operationId: "issueDeleteUrl",
        tags: ["photos"],
        summary: "Presign the deletion of your photo, for good",
        description: "Sending the request deletes the bytes; the renditions and the photo itself follow.",
        headers: repeatable,
        params: PhotoParams,
        response: { 200: ref(PresignedRequest), ...problems(...signedIn, ...withBody, ...repeated, "PHOTO_NOT_FOUND") },
      },
    },
    async (request) => issueDeleteUrl(request.viewer, request.params.photoId),
  );
};

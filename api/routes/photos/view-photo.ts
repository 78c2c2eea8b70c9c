import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { only } from "../../domain/outcome.ts";
import type { IssueUrls } from "../../domain/use-cases/photos/issue-urls.ts";
import { PhotoParams } from "../schemas/params.ts";
import { toViewedPhoto, ViewedPhoto } from "../schemas/photo.ts";
import { problems, signedIn } from "../schemas/problem.ts";
import { ref } from "../schemas/ref.ts";

export const viewPhotoRoute: FastifyPluginAsyncTypebox<{ issueUrls: IssueUrls }> = async (app, { issueUrls }) => {
  app.get(
    "/photos/:photoId",
    {
      schema: {
        operationId: "viewPhoto",
        tags: ["photos"],
        summary: "See one photo, with its signed URLs",
        params: PhotoParams,
        response: { 200: ref(ViewedPhoto), ...problems(...signedIn, "INVALID_REQUEST", "PHOTO_NOT_FOUND") },
      },
    },
    async (request) => toViewedPhoto(only(await issueUrls(request.viewer, [request.params]))),
  );
};

import cors from "@fastify/cors";
import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";
import type { TokenVerifier } from "./domain/ports/sign-in.ts";
import type { ChangePhoto } from "./domain/use-cases/photos/change-photo.ts";
import type { CompletePhoto } from "./domain/use-cases/photos/complete-photo.ts";
import type { IssueDeleteUrl } from "./domain/use-cases/photos/issue-delete-url.ts";
import type { IssueUrls } from "./domain/use-cases/photos/issue-urls.ts";
import type { ListPhotos } from "./domain/use-cases/photos/list-photos.ts";
import type { ReservePhotos } from "./domain/use-cases/photos/reserve-photos.ts";
import { answerHeaders } from "./plugins/answer-headers.ts";
import { authenticate } from "./plugins/authenticate.ts";
import { jsonBody } from "./plugins/json-body.ts";
import { openapi } from "./plugins/openapi.ts";
import { problemDetails } from "./plugins/problem-details.ts";
import { docsRoute } from "./routes/docs.ts";
import { healthRoutes, type Readiness } from "./routes/health.ts";
import { openapiRoute } from "./routes/openapi.ts";
import { changePhotoRoute } from "./routes/photos/change-photo.ts";
import { completePhotoRoute } from "./routes/photos/complete-photo.ts";
import { issueDeleteUrlRoute } from "./routes/photos/issue-delete-url.ts";
import { issueUrlsRoute } from "./routes/photos/issue-urls.ts";
import { listPhotosRoute } from "./routes/photos/list-photos.ts";
import { openPermalinkRoute } from "./routes/photos/open-permalink.ts";
import { reservePhotoRoute } from "./routes/photos/reserve-photo.ts";
import { reservePhotosRoute } from "./routes/photos/reserve-photos.ts";
import { viewPhotoRoute } from "./routes/photos/view-photo.ts";
import { Photo, ViewedPhoto } from "./routes/schemas/photo.ts";
import { Problem } from "./routes/schemas/problem.ts";
import { PresignedRequest, Reservation, UploadRequest } from "./routes/schemas/upload.ts";

/** All that the app can do, wired by `compose`. */
export interface AppOptions {
  readonly verifier: TokenVerifier;
  readonly reservePhotos: ReservePhotos;
  readonly completePhoto: CompletePhoto;
  readonly changePhoto: ChangePhoto;
  readonly listPhotos: ListPhotos;
  readonly issueUrls: IssueUrls;
  readonly issueDeleteUrl: IssueDeleteUrl;
  readonly readiness: Readiness;
  /** Of the web apps that may call. */
  readonly webOrigins: readonly string[];
}

/** The signing API, for an instance that was made with `serverOptions`. */
export const app = fp<AppOptions>(async (server, options) => {
  await server.register(problemDetails);
  await server.register(answerHeaders);
  await server.register(jsonBody);
  await server.register(cors, {
    origin: [...options.webOrigins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: ["authorization", "content-type", "idempotency-key", "x-request-id"],
    // By the date a client tells how far its own clock is off, and so when a URL expires.
    exposedHeaders: ["date", "retry-after", "x-request-id"],
    maxAge: 3600,
    // An OPTIONS that is no preflight is no error: it is answered with the same methods.
    strictPreflight: false,
  });
  await server.register(underPressure, { maxEventLoopDelay: 1000 });
  await server.register(openapi);

  for (const schema of [Photo, ViewedPhoto, PresignedRequest, Reservation, UploadRequest, Problem])
    server.addSchema(schema);

  await server.register(healthRoutes, options);
  await server.register(openPermalinkRoute, options);
  await server.register(openapiRoute);
  await server.register(docsRoute);

  await server.register(
    async (v1) => {
      await v1.register(authenticate, options);
      await v1.register(reservePhotoRoute, options);
      await v1.register(reservePhotosRoute, options);
      await v1.register(listPhotosRoute, options);
      await v1.register(viewPhotoRoute, options);
      await v1.register(changePhotoRoute, options);
      await v1.register(completePhotoRoute, options);
      await v1.register(issueDeleteUrlRoute, options);
      await v1.register(issueUrlsRoute, options);
    },
    { prefix: "/v1" },
  );
});

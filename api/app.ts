import cors from "@fastify/cors";
import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";
import type { ApiDocuments } from "./api-documents.ts";
import type { AnswerStore } from "./domain/ports/answer-store.ts";
import type { RateLimit } from "./domain/ports/rate-limit.ts";
import type { TokenVerifier } from "./domain/ports/sign-in.ts";
import type { IssueUploadAccess } from "./domain/ports/upload-credentials.ts";
import type { ManageMultipart } from "./domain/use-cases/multipart/manage-multipart.ts";
import { answerHeaders } from "./plugins/answer-headers.ts";
import { authenticate } from "./plugins/authenticate.ts";
import { evenAbsence } from "./plugins/even-absence.ts";
import { idempotency } from "./plugins/idempotency.ts";
import { jsonBody } from "./plugins/json-body.ts";
import { problemDetails } from "./plugins/problem-details.ts";
import { limitAddresses, limitUsers } from "./plugins/rate-limit.ts";
import { type KnowsEdge, verifyOrigin } from "./plugins/verify-origin.ts";
import { type AlbumUseCases, albumsRoutes } from "./routes/albums/albums-routes.ts";
import { docsRoute } from "./routes/docs.ts";
import { type FriendUseCases, friendsRoutes } from "./routes/friends/friends-routes.ts";
import { healthRoutes, type Readiness } from "./routes/health.ts";
import { type LinkUseCases, linksRoutes } from "./routes/links/links-routes.ts";
import { openLinkRoutes } from "./routes/links/open-link.ts";
import { multipartRoutes } from "./routes/multipart/multipart-routes.ts";
import { openapiRoute } from "./routes/openapi.ts";
import { type CookieUseCases, issueCookiesRoute } from "./routes/photos/issue-cookies.ts";
import { openPermalinkRoute } from "./routes/photos/open-permalink.ts";
import { type PhotoUseCases, photosRoutes } from "./routes/photos/photos-routes.ts";
import { PresignedPart } from "./routes/schemas/multipart.ts";
import { Photo, ViewedPhoto } from "./routes/schemas/photo.ts";
import { Problem } from "./routes/schemas/problem.ts";
import {
  MultipartUpload,
  PresignedForm,
  PresignedRequest,
  Reservation,
  UploadRequest,
} from "./routes/schemas/upload.ts";
import { UppyError } from "./routes/schemas/uppy.ts";
import { type UppyUseCases, uppyRoutes } from "./routes/uppy/uppy-routes.ts";
import { issueCredentialsRoute } from "./routes/users/issue-credentials.ts";
import { profileRoutes, type UserUseCases } from "./routes/users/profile-routes.ts";

/** All that the app can do, wired by `compose`. */
export interface AppOptions
  extends PhotoUseCases,
    ManageMultipart,
    AlbumUseCases,
    LinkUseCases,
    CookieUseCases,
    FriendUseCases,
    UserUseCases,
    UppyUseCases {
  readonly verifier: TokenVerifier;
  /** Undefined where there is no edge in front to insist on. */
  readonly knowsEdge?: KnowsEdge | undefined;
  readonly answers: AnswerStore;
  readonly issueUploadAccess: IssueUploadAccess;
  readonly readiness: Readiness;
  /** In milliseconds, what the time that a 404 takes is rounded up to; 0 for what it takes. */
  readonly absenceStep: number;
  /** In milliseconds: beyond it requests are answered that the API is too busy; 0 for never. */
  readonly maxEventLoopDelay: number;
  /** Undefined where they are to be generated from the routes when they are asked for. */
  readonly documents?: ApiDocuments | undefined;
  readonly perAddress: RateLimit;
  readonly perUser: RateLimit;
  /** Of the web apps that may call. */
  readonly webOrigins: readonly string[];
}

/** The signing API, for an instance that was made with `serverOptions`. */
export const app = fp<AppOptions>(async (server, options) => {
  await server.register(problemDetails);
  await server.register(answerHeaders);
  await server.register(verifyOrigin, options);
  await server.register(evenAbsence, options);
  await server.register(jsonBody);
  await server.register(cors, {
    origin: [...options.webOrigins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: ["authorization", "content-type", "idempotency-key", "x-request-id"],
    // By the date a client tells how far its own clock is off, and so when a URL expires.
    exposedHeaders: ["date", "idempotency-replayed", "retry-after", "x-request-id"],
    maxAge: 3600,
    // An OPTIONS that is no preflight is no error: it is answered with the same methods.
    strictPreflight: false,
  });
  // After CORS: a page's script must be able to read that it has to wait.
  await server.register(limitAddresses, options);
  await server.register(underPressure, { maxEventLoopDelay: options.maxEventLoopDelay });
  // Loaded only where it is needed: it brings a parser of YAML, and more.
  const documents = options.documents ?? (await (await import("./describe.ts")).describeRoutes(server));

  for (const schema of [
    Photo,
    ViewedPhoto,
    PresignedRequest,
    PresignedForm,
    PresignedPart,
    MultipartUpload,
    Reservation,
    UploadRequest,
    Problem,
    UppyError,
  ])
    server.addSchema(schema);

  await healthRoutes(server, options);
  await openPermalinkRoute(server, options);
  await server.register(openLinkRoutes, { ...options, prefix: "/v1" });
  await openapiRoute(server, { documents });
  await docsRoute(server, { documents });

  await server.register(
    async (v1) => {
      await v1.register(authenticate, options);
      await v1.register(limitUsers, options);
      await v1.register(idempotency, options);
      await photosRoutes(v1, options);
      await multipartRoutes(v1, options);
      await albumsRoutes(v1, options);
      await linksRoutes(v1, options);
      await issueCookiesRoute(v1, options);
      await friendsRoutes(v1, options);
      await profileRoutes(v1, options);
      await issueCredentialsRoute(v1, options);
    },
    { prefix: "/v1" },
  );

  await server.register(
    async (uppy) => {
      await uppy.register(authenticate, options);
      await uppy.register(limitUsers, options);
      await uppyRoutes(uppy, { ...options.uppy, issueUploadAccess: options.issueUploadAccess });
    },
    { prefix: "/uppy" },
  );
});

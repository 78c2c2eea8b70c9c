import type { FastifyPluginAsync } from "fastify";
import type { Clock } from "../../domain/ports/clock.ts";
import type { IssueUploadAccess } from "../../domain/ports/upload-credentials.ts";
import type { UppyCompanion } from "../../domain/use-cases/uppy/companion.ts";
import type { SignUppyRequest } from "../../domain/use-cases/uppy/sign-uppy-request.ts";
import { uppyErrors } from "../../plugins/uppy-errors.ts";
import { abortNamedRoute } from "./abort-named.ts";
import { completeNamedRoute } from "./complete-named.ts";
import { issueNamedPartsRoutes } from "./issue-named-parts.ts";
import { issueStsRoute } from "./issue-sts.ts";
import { listNamedPartsRoute } from "./list-named-parts.ts";
import { signUppyRequestRoute } from "./sign-uppy-request.ts";
import { uploadInPartsRoute } from "./upload-in-parts.ts";
import { uploadWholeRoute } from "./upload-whole.ts";

export interface UppyUseCases {
  readonly uppy: UppyOptions;
}

export interface UppyOptions extends UppyCompanion {
  readonly signUppyRequest: SignUppyRequest;
  readonly bucket: string;
  /** The address of an object, which opens nothing by itself. */
  readonly locate: (key: string) => Promise<string>;
  readonly now: Clock;
}

/** What Uppy's upload plugins ask for, of viewers who are signed in. */
export const uppyRoutes: FastifyPluginAsync<UppyOptions & { issueUploadAccess: IssueUploadAccess }> = async (
  scope,
  options,
) => {
  await scope.register(uppyErrors);
  await uploadWholeRoute(scope, options);
  await uploadInPartsRoute(scope, options);
  await listNamedPartsRoute(scope, options);
  await issueNamedPartsRoutes(scope, options);
  await completeNamedRoute(scope, options);
  await abortNamedRoute(scope, options);
  await signUppyRequestRoute(scope, options);
  await issueStsRoute(scope, options);
};

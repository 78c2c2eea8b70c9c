import type { FastifyPluginAsync } from "fastify";
import type { ManageMultipart } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { abortMultipartRoute } from "./abort-multipart.ts";
import { completeMultipartRoute } from "./complete-multipart.ts";
import { issuePartsRoute } from "./issue-parts.ts";
import { listPartsRoute } from "./list-parts.ts";

/** Every route about photos that are uploaded in parts. */
export const multipartRoutes: FastifyPluginAsync<ManageMultipart> = async (v1, useCases) => {
  await issuePartsRoute(v1, useCases);
  await listPartsRoute(v1, useCases);
  await completeMultipartRoute(v1, useCases);
  await abortMultipartRoute(v1, useCases);
};

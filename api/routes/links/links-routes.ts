import type { FastifyPluginAsync } from "fastify";
import type { ManageLinks } from "../../domain/use-cases/links/manage-links.ts";
import type { OpenLink } from "../../domain/use-cases/links/open-link.ts";
import { ShareLink } from "../schemas/link.ts";
import { createLinkRoute } from "./create-link.ts";
import { listLinksRoute } from "./list-links.ts";
import { removeLinkRoute } from "./remove-link.ts";

export interface LinkUseCases extends ManageLinks {
  readonly openLink: OpenLink;
}

/** Every route about the viewer's own share links. */
export const linksRoutes: FastifyPluginAsync<ManageLinks> = async (v1, useCases) => {
  v1.addSchema(ShareLink);
  await createLinkRoute(v1, useCases);
  await listLinksRoute(v1, useCases);
  await removeLinkRoute(v1, useCases);
};

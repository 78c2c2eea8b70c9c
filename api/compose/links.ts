import { linkTokens as tokens } from "../adapters/link-secrets.ts";
import { createPhotoIds } from "../adapters/photo-ids.ts";
import { createScryptHasher } from "../adapters/scrypt-hasher.ts";
import type { Config } from "../config.ts";
import type { SignPhotoUrls } from "../domain/photo-urls.ts";
import { createManageLinks } from "../domain/use-cases/links/manage-links.ts";
import { createOpenLink } from "../domain/use-cases/links/open-link.ts";
import type { LinkUseCases } from "../routes/links/links-routes.ts";
import type { Adapters } from "./adapters.ts";

export function composeLinks(config: Config, adapters: Adapters, signPhotoUrls: SignPhotoUrls): LinkUseCases {
  const passwords = createScryptHasher();
  const newId = createPhotoIds(adapters.now);
  const linkDays = config.LATCHKEY_LINK_DAYS;
  return {
    ...createManageLinks({ ...adapters, tokens, passwords, newId, linkDays }),
    openLink: createOpenLink({ ...adapters, tokens, passwords, signPhotoUrls }),
  };
}

import type { UserId } from "../photo.ts";
import type { LinkId, ShareLink } from "../share-link.ts";
import type { Page, PageRequest } from "./page.ts";

/** What proves that somebody holds a link; neither can be turned back into the token or the password. */
export interface LinkSecrets {
  readonly tokenHash: Uint8Array;
  /** In a form that names its own parameters. */
  readonly passwordHash?: string;
}

/** Where share links are kept. An expired one counts as absent. */
export interface LinkStore {
  create(link: ShareLink, secrets: LinkSecrets): Promise<void>;
  find(id: LinkId): Promise<{ link: ShareLink; secrets: LinkSecrets } | undefined>;
  /** Newest first. */
  listByCreator(creatorId: UserId, page: PageRequest): Promise<Page<ShareLink>>;
  /** Counts one use more. */
  countUse(id: LinkId): Promise<void>;
  /**
   * Counts one attempt at the password against a budget that fills up again as time passes, before the password is
   * looked at: attempts at the same time can't share one. Resolves to the seconds to wait when none is left, else to 0.
   */
  countAttempt(id: LinkId): Promise<number>;
  /** Resolves to whether there was such a link of the creator's. */
  remove(id: LinkId, creatorId: UserId): Promise<boolean>;
}

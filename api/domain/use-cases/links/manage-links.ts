import { LinkExpiryError, LinkNotFoundError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LinkTokens, PasswordHasher } from "../../ports/link-secrets.ts";
import type { LinkStore } from "../../ports/link-store.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { LinkId, LinkTarget, ShareLink } from "../../share-link.ts";
import { findTarget, type LinkTargetOptions } from "./link-target.ts";

export interface LinkRequest {
  readonly target: LinkTarget;
  readonly expiresAt?: Date | undefined;
  readonly password?: string | undefined;
  readonly allowDownload: boolean;
}

export interface IssuedLink {
  readonly link: ShareLink;
  /** Shown this once: only its hash is kept. */
  readonly token: string;
}

export interface ManageLinks {
  /**
   * Throws PhotoNotFoundError or AlbumNotFoundError for what is not the viewer's to share, LinkExpiryError for a time
   * that has passed or is too far off.
   */
  createLink(viewer: Viewer, request: LinkRequest): Promise<IssuedLink>;
  /** The viewer's own, newest first. Throws InvalidCursorError. */
  listLinks(viewer: Viewer, page: PageRequest): Promise<Page<ShareLink>>;
  /** Opens nothing from the next request on. Throws LinkNotFoundError for a link that is not the viewer's. */
  removeLink(viewer: Viewer, id: LinkId): Promise<void>;
}

export interface ManageLinksOptions extends LinkTargetOptions {
  readonly links: Pick<LinkStore, "create" | "listByCreator" | "remove">;
  readonly tokens: Pick<LinkTokens, "issue">;
  readonly passwords: Pick<PasswordHasher, "hash">;
  readonly newId: () => LinkId;
  readonly now: Clock;
  /** How long a link lives unless said otherwise. */
  readonly linkDays: number;
}

export const maxLinkDays = 365;
const dayMs = 24 * 60 * 60 * 1000;

export function createManageLinks(options: ManageLinksOptions): ManageLinks {
  const { links, tokens, passwords, newId, now, linkDays } = options;

  function expiryOf(wanted: Date | undefined, createdAt: Date): Date {
    const expiresAt = wanted ?? new Date(createdAt.getTime() + linkDays * dayMs);
    const lifeMs = expiresAt.getTime() - createdAt.getTime();
    if (!(lifeMs > 0 && lifeMs <= maxLinkDays * dayMs)) throw new LinkExpiryError(maxLinkDays);
    return expiresAt;
  }

  return {
    async createLink(viewer, { target, expiresAt, password, allowDownload }) {
      const createdAt = now();
      const ends = expiryOf(expiresAt, createdAt);
      await findTarget(options, viewer, target);
      const passwordHash = password === undefined ? undefined : await passwords.hash(password);

      const link: ShareLink = {
        id: newId(),
        creatorId: viewer.userId,
        target,
        allowDownload,
        hasPassword: passwordHash !== undefined,
        expiresAt: ends,
        createdAt,
        uses: 0,
      };
      const { token, hash: tokenHash } = tokens.issue(link.id);
      await links.create(link, passwordHash === undefined ? { tokenHash } : { tokenHash, passwordHash });
      return { link, token };
    },

    listLinks: (viewer, page) => links.listByCreator(viewer.userId, page),

    async removeLink(viewer, id) {
      if (!(await links.remove(id, viewer.userId))) throw new LinkNotFoundError("absent");
    },
  };
}

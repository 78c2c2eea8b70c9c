import type { Album } from "../../album.ts";
import {
  DomainError,
  LinkNotFoundError,
  LinkPasswordRequiredError,
  LinkPasswordWrongError,
  TooManyRequestsError,
} from "../../errors.ts";
import { accepted, type Outcome, only, proceed } from "../../outcome.ts";
import type { Photo } from "../../photo.ts";
import type { SignPhotoUrls, UrlsWanted, ViewedPhoto } from "../../photo-urls.ts";
import { unrelated } from "../../policy.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LinkTokens, PasswordHasher } from "../../ports/link-secrets.ts";
import type { LinkSecrets, LinkStore } from "../../ports/link-store.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { ShareLink } from "../../share-link.ts";
import { planUrls } from "../photos/plan-urls.ts";
import { type FoundTarget, findTarget, isTargetGone, type LinkTargetOptions } from "./link-target.ts";

export type OpenedLink = { readonly link: ShareLink } & (
  | { readonly photo: ViewedPhoto }
  | { readonly album: Album; readonly photos: Page<ViewedPhoto> }
);

export interface LinkKey {
  readonly token: string;
  readonly password?: string | undefined;
}

/**
 * What a share link leads to, a page of it where it is an album, for whoever holds the token; no URL outlives the link.
 * Throws LinkNotFoundError alike for every link that opens nothing, LinkPasswordRequiredError, LinkPasswordWrongError,
 * TooManyRequestsError after too many attempts at a password, and InvalidCursorError.
 */
export type OpenLink = (key: LinkKey, page: PageRequest) => Promise<OpenedLink>;

export interface OpenLinkOptions extends LinkTargetOptions {
  readonly links: Pick<LinkStore, "find" | "countAttempt" | "countUse">;
  readonly photos: Pick<PhotoStore, "find" | "listByAlbum">;
  readonly tokens: Pick<LinkTokens, "parse" | "matches">;
  readonly passwords: Pick<PasswordHasher, "matches">;
  readonly signPhotoUrls: SignPhotoUrls;
  readonly now: Clock;
}

export function createOpenLink(options: OpenLinkOptions): OpenLink {
  const { links, photos, tokens, passwords, signPhotoUrls, now } = options;

  async function findLink(token: string) {
    const parsed = tokens.parse(token);
    if (!parsed) throw new LinkNotFoundError("malformed");
    const found = await links.find(parsed.id);
    if (!found) throw new LinkNotFoundError("absent");
    if (!tokens.matches(parsed.hash, found.secrets.tokenHash)) throw new LinkNotFoundError("forged");
    return found;
  }

  async function targetOf(link: ShareLink): Promise<FoundTarget> {
    try {
      const target = await findTarget(options, { userId: link.creatorId }, link.target);
      if ("photo" in target) only([plan(link, target.photo)]);
      return target;
    } catch (error) {
      throw isTargetGone(error) ? new LinkNotFoundError(error.reason) : error;
    }
  }

  async function provePassword({ id }: ShareLink, { passwordHash }: LinkSecrets, password: string | undefined) {
    if (passwordHash === undefined) return;
    if (password === undefined) throw new LinkPasswordRequiredError();
    // Before it is looked at: guesses at the same time must not share an attempt.
    const waitSeconds = await links.countAttempt(id);
    if (waitSeconds > 0) throw new TooManyRequestsError("Too many passwords were tried", waitSeconds);
    if (!(await passwords.matches(password, passwordHash))) throw new LinkPasswordWrongError();
  }

  function plan(link: ShareLink, photo: Photo): Outcome<UrlsWanted> {
    const wanted = planUrls({ viewer: undefined, photo, relation: { ...unrelated, link }, now: now() });
    // A public photo is open without the link as well, but what the link hands out ends with it all the same.
    return wanted instanceof DomainError ? wanted : { ...wanted, until: link.expiresAt };
  }

  async function openPhoto(link: ShareLink, photo: Photo): Promise<OpenedLink> {
    return { link, photo: only(await proceed([plan(link, photo)], signPhotoUrls)) };
  }

  async function openAlbum(link: ShareLink, album: Album, page: PageRequest): Promise<OpenedLink> {
    const { items, ...rest } = await photos.listByAlbum(album.id, page);
    const plans = items.map((photo) => plan(link, photo));
    return { link, album, photos: { items: await signPhotoUrls(accepted(plans)), ...rest } };
  }

  return async ({ token, password }, page) => {
    const { link, secrets } = await findLink(token);
    // Before the password, so that a link that leads nowhere does not ask for one.
    const target = await targetOf(link);
    await provePassword(link, secrets, password);
    const opened = "photo" in target ? await openPhoto(link, target.photo) : await openAlbum(link, target.album, page);
    if (page.cursor === undefined) await links.countUse(link.id);
    return opened;
  };
}

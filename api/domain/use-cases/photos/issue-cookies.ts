import { only } from "../../outcome.ts";
import { type PhotoId, photoKeys } from "../../photo.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { SignForWindow } from "../../window-signer.ts";
import { present } from "./own-photo.ts";
import { planUrls } from "./plan-urls.ts";
import type { Relate } from "./relate.ts";

export interface SignedCookies {
  readonly cookies: readonly { readonly name: string; readonly value: string }[];
  /** Of the media distribution. */
  readonly path: string;
  readonly expiresAt: Date;
}

/**
 * Cookies that open every rendition of a photo, and nothing else: for players and pages that can't sign each URL. Throws
 * PhotoNotFoundError and PhotoNotReadyError.
 */
export type IssueCookies = (viewer: Viewer, id: PhotoId) => Promise<SignedCookies>;

export interface IssueCookiesOptions {
  readonly photos: Pick<PhotoStore, "find">;
  readonly relate: Relate;
  readonly signForWindow: SignForWindow;
  readonly now: Clock;
}

export function createIssueCookies({ photos, relate, signForWindow, now }: IssueCookiesOptions): IssueCookies {
  return async (viewer, id) => {
    const found = await photos.find(id);
    const relationTo = await relate(viewer, [found]);
    const photo = present(found, id);
    // By name, so that a photo without renditions is refused. Which one does not matter: one signature opens them all.
    const wanted = only([planUrls({ viewer, photo, relation: relationTo(photo), now: now(), size: "largest" })]);
    const [signatures] = await signForWindow([{ photo, parts: ["media"], until: wanted.until }]);
    if (!signatures?.media) throw new TypeError(`Nothing was signed for the renditions of photo ${id}`);
    const { query, expiresAt } = signatures.media;
    return { cookies: cookiesOf(query), path: `/${photoKeys.renditions(id)}`, expiresAt };
  };
}

/** CloudFront reads the same from cookies as from a query, each name with a prefix. Its base64 needs no quoting in either. */
function cookiesOf(query: string): SignedCookies["cookies"] {
  return query.split("&").map((pair) => {
    const [name = "", value = ""] = pair.split("=", 2);
    return { name: `CloudFront-${name}`, value };
  });
}

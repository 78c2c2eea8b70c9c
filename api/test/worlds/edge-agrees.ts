import { expect } from "chai";
import { readPolicy } from "../../../local/edge/signed-policy.ts";
import type { TestEdge } from "../../../local/test/support/edge.ts";
import type { PhotoId } from "../../domain/photo.ts";
import type { Handed } from "./sights.ts";

export const windowSeconds = 900;

/** Every URL that was handed out in a world at one time, to whomever. */
export interface Held {
  readonly photos: readonly PhotoId[];
  readonly handed: readonly Handed[];
  readonly beginning: Date;
  readonly now: Date;
}

/** Expects that a URL lives for more than a window and two at most, no longer than its link, and just as long as was said. */
export function expectLifetimes({ handed, beginning, now }: Held): void {
  const longest = secondsOf(now) + 2 * windowSeconds;
  for (const { url, expiresAt, linkEndsAt = Number.POSITIVE_INFINITY } of handed) {
    const linkEnd = secondsOf(beginning) + linkEndsAt * 60;
    const end = endOf(url);
    expect(end, url).to.be.at.most(Math.min(longest, linkEnd));
    if (end !== linkEnd) expect(end, url).to.be.above(longest - windowSeconds);
    if (expiresAt !== undefined) expect(end, url).to.equal(secondsOf(new Date(expiresAt)));
  }
}

/**
 * Asks the edge as somebody who holds every URL and tries everything: each opens just what it names until it ends, and
 * neither without a signature nor by that of something else can anything be had.
 */
export async function expectEdgeAgrees(edge: TestEdge, { photos, handed, now }: Held): Promise<void> {
  const status = async (path: string) => (await edge.ask(path)).status;
  const urls = new Map(handed.map(({ url }) => [url, new URL(url)]));
  const bySignature = new Map([...urls.values()].map((url) => [url.search, url]));

  edge.now = now;
  for (const { pathname, search } of urls.values()) {
    const { body } = await edge.ask(pathname + search);
    expect(body.toString(), pathname).to.match(new RegExp(`${pathname}$`));
    expect(await status(pathname), `${pathname} without a signature`).to.equal(403);
  }
  for (const [signature, { pathname }] of bySignature) {
    for (const path of photos.flatMap((id) => [`/media/${id}/320.webp`, `/originals/${id}`])) {
      const isOpen = partOf(path) === partOf(pathname);
      expect(await status(path + signature), `${path} by the signature of ${pathname}`).to.equal(isOpen ? 200 : 403);
    }
  }
  for (const { href, pathname, search } of bySignature.values()) {
    edge.now = new Date((endOf(href) - 1) * 1000);
    expect(await status(pathname + search), `${href} before its end`).to.equal(200);
    edge.now = new Date(endOf(href) * 1000);
    expect(await status(pathname + search), `${href} at its end`).to.equal(403);
  }
}

const secondsOf = (time: Date) => time.getTime() / 1000;

/** What one signature is for: `/media/{photoId}` or `/originals/{photoId}`. */
const partOf = (path: string) => path.split("/", 3).join("/");

const fromCloudFront: Readonly<Record<string, string>> = { "-": "+", _: "=", "~": "/" };

/** In epoch seconds, as the policy has it, whatever the answer says that the URL came with. */
function endOf(url: string): number {
  const policy = new URL(url).searchParams.get("Policy") ?? "";
  const base64 = policy.replace(/[-_~]/g, (character) => fromCloudFront[character] ?? "");
  return readPolicy(Buffer.from(base64, "base64").toString()).notAfter;
}

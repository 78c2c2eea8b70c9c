import { expect } from "chai";
import type { TestEdge } from "../../../local/test/support/edge.ts";
import type { Handed } from "./world.ts";

/**
 * Asks the edge as a viewer who tries everything: what the API handed out opens just what it names, and neither without its
 * signature nor with that of another photo can anything be had.
 */
export async function expectEdgeAgrees(edge: TestEdge, photos: readonly string[], handed: readonly Handed[]) {
  const status = async (path: string) => (await edge.ask(path)).status;
  for (const { photo, urls } of handed) {
    for (const url of Object.values(urls)) {
      const { pathname, search } = new URL(url);
      const { body } = await edge.ask(pathname + search);
      expect(body.toString(), `photo ${photo} by ${pathname}`).to.match(new RegExp(`${pathname}$`));
      expect(await status(pathname), `photo ${photo} without a signature`).to.equal(403);
    }
  }
  const mediaQueries = new Map(handed.map(({ photo, urls }) => [photo, new URL(urls["320"] ?? "").search]));
  for (const [index, id] of photos.entries()) {
    for (const [photo, query] of mediaQueries) {
      if (photo !== index) expect(await status(`/media/${id}/320.webp${query}`), `${index} by ${photo}`).to.equal(403);
      expect(await status(`/originals/${id}${query}`), `original ${index} by renditions of ${photo}`).to.equal(403);
    }
  }
}

/** After the time that they were signed for nothing opens any more. */
export async function expectAllExpired(edge: TestEdge, handed: readonly Handed[]) {
  for (const { photo, urls } of handed) {
    for (const url of Object.values(urls)) {
      const { pathname, search } = new URL(url);
      expect((await edge.ask(pathname + search)).status, `photo ${photo} after its time`).to.equal(403);
    }
  }
}

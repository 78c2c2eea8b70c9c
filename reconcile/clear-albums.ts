import type { AlbumStore } from "../api/domain/ports/album-store.ts";
import type { DueStore } from "../api/domain/ports/due-store.ts";
import type { Job } from "./job.ts";
import { onlyKind } from "./only-kind.ts";

export interface ClearAlbumsOptions {
  readonly due: DueStore;
  readonly albums: Pick<AlbumStore, "clearDeleted">;
  readonly settledBefore: () => Date;
}

/** Of a hundred photos each, before the other albums have their turn. */
const mostRounds = 100;

/** Takes the members and photos of deleted albums away from them, and then the albums. */
export function createClearAlbums({ due, albums, settledBefore }: ClearAlbumsOptions): Job {
  return ({ dryRun, each, isOver, done, left }) =>
    each(
      onlyKind(due.pagesOfDue(settledBefore()), "album"),
      ({ id }) => `album/${id}`,
      async ({ id }) => {
        let cleared = dryRun;
        for (let round = 0; round < mostRounds && !cleared && !isOver(); round += 1) {
          cleared = await albums.clearDeleted(id);
        }
        if (cleared) done("cleared");
        else left();
      },
    );
}

import { countIn, pagesOf } from "../api/domain/pages.ts";
import type { AlbumId, Photo, PhotoId, UserId } from "../api/domain/photo.ts";
import { countedIn, nothing, sumOf, takeOutOf, usageOf } from "../api/domain/photo-changes.ts";
import type { AlbumStore } from "../api/domain/ports/album-store.ts";
import type { CounterStore, Recount, UserCounts } from "../api/domain/ports/counter-store.ts";
import type { FriendStore } from "../api/domain/ports/friend-store.ts";
import type { PhotoStore } from "../api/domain/ports/photo-store.ts";
import type { PlaceStore } from "../api/domain/ports/place-store.ts";
import type { Job, JobRun } from "./job.ts";
import { stretchesOf, walkOn } from "./walk.ts";

export interface RecountJobOptions {
  readonly counters: CounterStore;
  readonly places: PlaceStore;
  readonly photos: Pick<PhotoStore, "listByAlbum" | "change">;
  readonly albums: Pick<AlbumStore, "find" | "listMembers">;
  readonly friends: Pick<FriendStore, "list">;
  readonly settledBefore: () => Date;
}

const itemsPerPage = 250;

/** Recounts every user, and every album with its owner; on the way takes photos out of albums that are gone. */
export function createRecount({ counters, places, photos, albums, friends, settledBefore }: RecountJobOptions): Job {
  return (run) => {
    const options = { dryRun: run.dryRun, settledBefore: settledBefore() };

    async function recountUser(userId: UserId): Promise<void> {
      const inAlbums = new Map<AlbumId, PhotoId[]>();
      const count = async (): Promise<UserCounts> => {
        let usage = nothing;
        for await (const page of pagesOf((page) => counters.listAllOfOwner(userId, page), itemsPerPage)) {
          usage = page.map(usageOf).reduce(sumOf, usage);
          for (const { id, albumId } of page) {
            if (albumId !== undefined) inAlbums.set(albumId, [...(inAlbums.get(albumId) ?? []), id]);
          }
        }
        const accepted = pagesOf((page) => friends.list(userId, "accepted", page), itemsPerPage);
        return { usage, friendCount: await countIn(accepted) };
      };
      note(run, "user", await counters.recountUser(userId, count, options));
      for (const [albumId, photoIds] of inAlbums) {
        await run.attempt(`album/${albumId}`, () => takeOutOfAbsent(albumId, photoIds));
      }
    }

    /** A photo that is not ready, or in the trash, is no part of any count and so may enter an album that is just being deleted. */
    async function takeOutOfAbsent(albumId: AlbumId, photoIds: readonly PhotoId[]): Promise<void> {
      if (await albums.find(albumId)) return;
      for (const id of photoIds) {
        if (!run.dryRun) await photos.change(id, takeOutOf(albumId));
        run.done("photo taken out");
      }
    }

    async function recountAlbum(id: AlbumId): Promise<void> {
      const count = async () => ({
        photoCount: await countIn(
          pagesOf((page) => photos.listByAlbum(id, page), itemsPerPage),
          (photo: Photo) => countedIn(photo) === id,
        ),
        memberCount: await countIn(pagesOf((page) => albums.listMembers(id, page), itemsPerPage)),
      });
      note(run, "album", await counters.recountAlbum(id, count, options));
    }

    return run.each(
      walkOn({ places, name: "RECOUNT", keepPlace: !run.dryRun }, (after) =>
        stretchesOf(counters.pagesOfUsers(after), (userId) => userId),
      ),
      (userId) => `user/${userId}`,
      async (userId) => {
        await recountUser(userId);
        for await (const page of pagesOf((page) => counters.listOwnedAlbums(userId, page), itemsPerPage)) {
          for (const id of page) await run.attempt(`album/${id}`, () => recountAlbum(id));
        }
      },
    );
  };
}

function note(run: JobRun, what: "user" | "album", recount: Recount): void {
  if (recount === "wrong") run.done(`${what} recounted`);
  if (recount === "unsettled") run.left();
}

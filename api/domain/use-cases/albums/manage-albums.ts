import type { Album, ViewedAlbum } from "../../album.ts";
import type { AlbumId } from "../../photo.ts";
import type { AlbumStore } from "../../ports/album-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { roleFor, viewedAlbum } from "./viewed-album.ts";

/** Each throws AlbumNotFoundError for an album that is not the viewer's to act so on. */
export interface ManageAlbums {
  createAlbum(viewer: Viewer, title: string): Promise<ViewedAlbum>;
  /** Albums that the viewer is in, newest first. Throws InvalidCursorError. */
  listAlbums(viewer: Viewer, page: PageRequest): Promise<Page<ViewedAlbum>>;
  viewAlbum(viewer: Viewer, id: AlbumId): Promise<ViewedAlbum>;
  renameAlbum(viewer: Viewer, id: AlbumId, title: string): Promise<ViewedAlbum>;
  /** Gone at once for everybody; its photos stay with their owners. */
  deleteAlbum(viewer: Viewer, id: AlbumId): Promise<void>;
}

export interface ManageAlbumsOptions {
  readonly albums: AlbumStore;
  readonly newId: () => AlbumId;
  readonly now: Clock;
}

export function createManageAlbums({ albums, newId, now }: ManageAlbumsOptions): ManageAlbums {
  return {
    async createAlbum(viewer, title) {
      const album: Album = {
        id: newId(),
        ownerId: viewer.userId,
        title: title.normalize("NFC"),
        createdAt: now(),
        photoCount: 0,
        memberCount: 1,
        version: 1,
      };
      await albums.create(album);
      return { album, role: "owner" };
    },

    listAlbums: (viewer, page) => albums.listOfMember(viewer.userId, page),

    async viewAlbum(viewer, id) {
      const role = await roleFor(albums, viewer, id, "view");
      return viewedAlbum(await albums.find(id), role);
    },

    async renameAlbum(viewer, id, title) {
      const role = await roleFor(albums, viewer, id, "rename");
      return viewedAlbum(await albums.rename(id, title.normalize("NFC")), role);
    },

    async deleteAlbum(viewer, id) {
      await roleFor(albums, viewer, id, "delete");
      await albums.delete(id, now());
      // It is gone already. What is left to clear, or fails to be, the reconciler finds and clears.
      await albums.clearDeleted(id).catch(() => false);
    },
  };
}

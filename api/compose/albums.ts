import { createPhotoIds } from "../adapters/photo-ids.ts";
import { createManageAlbums } from "../domain/use-cases/albums/manage-albums.ts";
import { createManageMembers } from "../domain/use-cases/albums/manage-members.ts";
import { createTakeOutPhoto } from "../domain/use-cases/albums/take-out-photo.ts";
import type { AlbumUseCases } from "../routes/albums/albums-routes.ts";
import type { Adapters } from "./adapters.ts";

export function composeAlbums(adapters: Adapters): Omit<AlbumUseCases, "listPhotos"> {
  return {
    ...createManageAlbums({ ...adapters, newId: createPhotoIds(adapters.now) }),
    ...createManageMembers(adapters),
    takeOutPhoto: createTakeOutPhoto(adapters),
  };
}

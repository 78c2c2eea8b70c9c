import type { FastifyPluginAsync } from "fastify";
import type { ManageAlbums } from "../../domain/use-cases/albums/manage-albums.ts";
import type { ManageMembers } from "../../domain/use-cases/albums/manage-members.ts";
import type { TakeOutPhoto } from "../../domain/use-cases/albums/take-out-photo.ts";
import type { ListPhotos } from "../../domain/use-cases/photos/list-photos.ts";
import { Album, Member } from "../schemas/album.ts";
import { createAlbumRoute } from "./create-album.ts";
import { deleteAlbumRoute } from "./delete-album.ts";
import { listAlbumPhotosRoute } from "./list-album-photos.ts";
import { listAlbumsRoute } from "./list-albums.ts";
import { listMembersRoute } from "./list-members.ts";
import { putMemberRoute } from "./put-member.ts";
import { removeMemberRoute } from "./remove-member.ts";
import { renameAlbumRoute } from "./rename-album.ts";
import { takeOutPhotoRoute } from "./take-out-photo.ts";
import { viewAlbumRoute } from "./view-album.ts";

export interface AlbumUseCases extends ManageAlbums, ManageMembers {
  readonly takeOutPhoto: TakeOutPhoto;
  readonly listPhotos: ListPhotos;
}

/** Every route about albums, their photos and their members. */
export const albumsRoutes: FastifyPluginAsync<AlbumUseCases> = async (v1, useCases) => {
  for (const schema of [Album, Member]) v1.addSchema(schema);
  await createAlbumRoute(v1, useCases);
  await listAlbumsRoute(v1, useCases);
  await viewAlbumRoute(v1, useCases);
  await renameAlbumRoute(v1, useCases);
  await deleteAlbumRoute(v1, useCases);
  await listAlbumPhotosRoute(v1, useCases);
  await takeOutPhotoRoute(v1, useCases);
  await listMembersRoute(v1, useCases);
  await putMemberRoute(v1, useCases);
  await removeMemberRoute(v1, useCases);
};

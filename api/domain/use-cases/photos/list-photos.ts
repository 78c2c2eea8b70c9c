import { AlbumNotFoundError } from "../../errors.ts";
import { accepted } from "../../outcome.ts";
import { type AlbumId, type Photo, statusOf, type UserId, type Visibility } from "../../photo.ts";
import type { SignPhotoUrls, ViewedPhoto } from "../../photo-urls.ts";
import { decideAlbum } from "../../policy.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { planUrls } from "./plan-urls.ts";
import type { Relate } from "./relate.ts";

export interface PhotoQuery extends PageRequest {
  /** Whose photos; of an album, everybody's unless one owner is named. */
  readonly ownerId?: UserId | undefined;
  readonly albumId?: AlbumId | undefined;
  readonly visibility?: Visibility | undefined;
  /** The trash, which only its owner sees, instead of the rest. */
  readonly trashed?: boolean | undefined;
}

/**
 * The photos of an owner or an album that the viewer may see, newest first, each with its URLs; the viewer's own when
 * neither is named. A page may hold fewer than `limit`, and still not be the last. Throws InvalidCursorError and, of an
 * album that the viewer is not in, AlbumNotFoundError.
 */
export type ListPhotos = (viewer: Viewer, query: PhotoQuery) => Promise<Page<ViewedPhoto>>;

export interface ListPhotosOptions {
  readonly photos: Pick<PhotoStore, "listByOwner" | "listShared" | "listByAlbum">;
  readonly relations: RelationStore;
  readonly relate: Relate;
  readonly signPhotoUrls: SignPhotoUrls;
  readonly now: Clock;
}

export function createListPhotos(options: ListPhotosOptions): ListPhotos {
  const { photos, relations, relate, signPhotoUrls, now } = options;

  async function listAlbum(viewer: Viewer, albumId: AlbumId, page: PageRequest): Promise<Page<Photo>> {
    const { roles } = await relations.relationsOf(viewer.userId, { users: [], albums: [albumId] });
    const decision = decideAlbum(roles.get(albumId), "view");
    if (!decision.allow) throw new AlbumNotFoundError(decision.because);
    return photos.listByAlbum(albumId, page);
  }

  function list(viewer: Viewer, { albumId, ownerId = viewer.userId, ...query }: PhotoQuery): Promise<Page<Photo>> {
    const { limit, cursor, visibility, trashed } = query;
    if (albumId !== undefined) return listAlbum(viewer, albumId, { limit, cursor });
    if (ownerId === viewer.userId) return photos.listByOwner(ownerId, { limit, cursor, visibility, trashed });
    return photos.listShared(ownerId, { limit, cursor, visibility });
  }

  return async (viewer, query) => {
    const { ownerId, visibility, trashed = false } = query;
    const { items, ...rest } = await list(viewer, query);
    const wanted = items.filter(
      (photo) =>
        (ownerId === undefined || photo.ownerId === ownerId) &&
        (visibility === undefined || photo.visibility === visibility) &&
        (statusOf(photo) === "trashed") === trashed,
    );
    const relationTo = await relate(viewer, wanted);
    const at = now();
    const plans = wanted.map((photo) => planUrls({ viewer, photo, relation: relationTo(photo), now: at }));
    return { items: await signPhotoUrls(accepted(plans)), ...rest };
  };
}

import { accepted } from "../../outcome.ts";
import type { Photo, UserId, Visibility } from "../../photo.ts";
import type { SignPhotoUrls, ViewedPhoto } from "../../photo-urls.ts";
import type { Page, PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { planUrls } from "./plan-urls.ts";

export interface PhotoQuery {
  readonly ownerId: UserId;
  readonly visibility?: Visibility;
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * The photos of an owner that the viewer may see, newest first, each with its URLs. A page may hold fewer than `limit`,
 * and still not be the last. Throws InvalidCursorError.
 */
export type ListPhotos = (viewer: Viewer, query: PhotoQuery) => Promise<Page<ViewedPhoto>>;

export interface ListPhotosOptions {
  readonly store: Pick<PhotoStore, "listByOwner" | "findMany">;
  readonly signPhotoUrls: SignPhotoUrls;
}

export function createListPhotos({ store, signPhotoUrls }: ListPhotosOptions): ListPhotos {
  /** What is shared now: a list may lag behind, and a photo that was made private must be gone at the next request. */
  async function listShared(ownerId: UserId, page: Omit<PhotoQuery, "ownerId">): Promise<Page<Photo>> {
    const { items, ...rest } = await store.listByOwner(ownerId, { visibility: "public", ...page });
    const current = await store.findMany(items.map(({ id }) => id));
    return { items: current.filter((photo) => photo !== undefined), ...rest };
  }

  return async (viewer, { ownerId, ...page }) => {
    const listed = viewer.userId === ownerId ? store.listByOwner(ownerId, page) : listShared(ownerId, page);
    const { items, ...rest } = await listed;
    const plans = items.map((photo) => planUrls(viewer, photo));
    return { items: await signPhotoUrls(accepted(plans)), ...rest };
  };
}

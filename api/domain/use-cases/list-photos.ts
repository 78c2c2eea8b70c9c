import { accepted } from "../outcome.ts";
import type { UserId, Visibility } from "../photo.ts";
import type { SignPhotoUrls, ViewedPhoto } from "../photo-urls.ts";
import type { Page, PhotoStore, Viewer } from "../ports.ts";
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
  readonly store: Pick<PhotoStore, "listByOwner">;
  readonly signPhotoUrls: SignPhotoUrls;
}

export function createListPhotos({ store, signPhotoUrls }: ListPhotosOptions): ListPhotos {
  return async (viewer, { ownerId, ...page }) => {
    // Spares reading through what the policy would refuse one by one.
    const shared = viewer.userId === ownerId ? {} : { visibility: "public" as const };
    const { items, ...rest } = await store.listByOwner(ownerId, { ...shared, ...page });
    const plans = items.map((photo) => planUrls(viewer, photo));
    return { items: await signPhotoUrls(accepted(plans)), ...rest };
  };
}

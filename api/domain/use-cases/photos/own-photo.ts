import { PhotoNotFoundError } from "../../errors.ts";
import type { Photo, PhotoId } from "../../photo.ts";
import { decideManage } from "../../policy.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/** The photo, if it is the viewer's to manage; throws PhotoNotFoundError otherwise. */
export async function findOwnPhoto(photos: Pick<PhotoStore, "find">, viewer: Viewer, id: PhotoId): Promise<Photo> {
  const photo = present(await photos.find(id), id);
  const decision = decideManage(viewer, photo);
  if (!decision.allow) throw new PhotoNotFoundError(id, decision.because);
  return photo;
}

/** Throws PhotoNotFoundError where the store found, or could change, nothing. */
export function present(photo: Photo | undefined, id: PhotoId): Photo {
  if (!photo) throw new PhotoNotFoundError(id, "absent");
  return photo;
}

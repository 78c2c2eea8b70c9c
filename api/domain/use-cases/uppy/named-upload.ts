import { PhotoNotFoundError } from "../../errors.ts";
import { type Photo, photoKeys } from "../../photo.ts";
import { keepUploadId } from "../../photo-changes.ts";
import type { MultipartKey } from "../../ports/multipart.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { findOwnPhoto, present } from "../photos/own-photo.ts";

const keyPattern = /^uploads\/[^/]+\/([0-9a-f-]{36})$/;

/**
 * The photo that is uploaded to a key under an id. Both come from the client, and count for whom they were issued to and
 * together only: for anybody else they are absent. Throws PhotoNotFoundError.
 */
export async function findNamedUpload(
  photos: Pick<PhotoStore, "find">,
  viewer: Viewer,
  { key, uploadId }: MultipartKey,
): Promise<Photo> {
  return known(await findByKey(photos, viewer, key), uploadId);
}

/**
 * The same for a client that was told the id by S3 itself: the first that it names for a key stays the one. S3 knows none
 * but under its own key, so that a wrong one opens nothing.
 */
export async function adoptNamedUpload(
  photos: Pick<PhotoStore, "find" | "change">,
  viewer: Viewer,
  { key, uploadId }: MultipartKey,
): Promise<Photo> {
  const photo = await findByKey(photos, viewer, key);
  const isNew = photo.multipart && photo.multipart.uploadId === undefined;
  return known(isNew ? present(await photos.change(photo.id, keepUploadId(uploadId)), photo.id) : photo, uploadId);
}

function known(photo: Photo, uploadId: string): Photo {
  if (photo.multipart?.uploadId !== uploadId) throw new PhotoNotFoundError(photo.id, "absent");
  return photo;
}

async function findByKey(photos: Pick<PhotoStore, "find">, viewer: Viewer, key: string): Promise<Photo> {
  const id = keyPattern.exec(key)?.[1] ?? "";
  if (id === "") throw new PhotoNotFoundError(id, "absent");
  const photo = await findOwnPhoto(photos, viewer, id);
  if (photoKeys.upload(photo) !== key) throw new PhotoNotFoundError(id, "absent");
  return photo;
}

import type { PhotoId } from "../api/domain/photo.ts";

const id = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
const uploadKey = new RegExp(`^uploads/[^/]+/${id}$`);
const publishedKey = new RegExp(`^(?:media/${id}/.+|originals/${id})$`, "s");

/** The photo that a key of the quarantine is for, if it is one that the platform hands out. */
export function uploadedPhotoId(key: string): PhotoId | undefined {
  return uploadKey.exec(key)?.[1];
}

/** The photo that an original or a rendition is of; undefined for what nobody but a hand puts there. */
export function publishedPhotoId(key: string): PhotoId | undefined {
  const [, rendition, original] = publishedKey.exec(key) ?? [];
  return rendition ?? original;
}

import type { Photo, PhotoId } from "../../domain/photo.ts";
import type { SignatureStore } from "../../domain/ports/photo-store.ts";
import { isForSameWindow } from "../../domain/window.ts";

/** Photos that only their signatures change, in memory. */
export function createKeptPhotos() {
  const photos = new Map<PhotoId, Photo>();
  const signatures: SignatureStore = {
    async keepSignature(id, part, signature) {
      const photo = photos.get(id);
      const kept = photo?.signatures?.[part];
      if (!photo || (kept && kept.expiresAt > signature.expiresAt)) return signature;
      if (kept && isForSameWindow(kept, signature)) return kept;
      photos.set(id, { ...photo, signatures: { ...photo.signatures, [part]: signature } });
      return signature;
    },
  };
  return {
    ...signatures,
    add(added: readonly Photo[]): void {
      for (const photo of added) photos.set(photo.id, photo);
    },
    remove(id: PhotoId): void {
      photos.delete(id);
    },
    findMany: async (ids: readonly PhotoId[]) => ids.map((id) => photos.get(id)),
  };
}

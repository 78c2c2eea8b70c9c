import { decodeCursor, encodeCursor } from "../../adapters/dynamodb/photo-cursor.ts";
import type { Photo, PhotoId, PhotoStatus } from "../../domain/photo.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { PhotoStore, SignatureStore } from "../../domain/ports/photo-store.ts";
import { isForSameWindow } from "../../domain/window.ts";

interface Entry {
  readonly photo: Photo;
  readonly lapsesAt?: Date | undefined;
}

/** Passes the contract, so that tests of what stands above the store need no database. */
export function createMemoryPhotoStore(now: Clock): PhotoStore & SignatureStore {
  const entries = new Map<PhotoId, Entry>();

  function find(id: PhotoId): Photo | undefined {
    const entry = entries.get(id);
    return entry && (!entry.lapsesAt || now() < entry.lapsesAt) ? entry.photo : undefined;
  }

  function change(id: PhotoId, from: readonly PhotoStatus[], changed: Partial<Photo>, forGood = false) {
    const photo = find(id);
    if (!photo || !from.includes(photo.status)) return undefined;
    const after = { ...photo, ...changed };
    entries.set(id, { photo: after, lapsesAt: forGood ? undefined : entries.get(id)?.lapsesAt });
    return after;
  }

  return {
    async reserve(photos, lapsesAt) {
      for (const photo of photos) entries.set(photo.id, { photo, lapsesAt });
    },
    find: async (id) => find(id),
    findMany: async (ids) => ids.map(find),
    async listByOwner(ownerId, { limit, cursor, visibility }) {
      const list = { ownerId, visibility };
      const after = cursor === undefined ? undefined : decodeCursor(list, cursor);
      const photos = [...entries.keys()]
        .map(find)
        .filter((photo) => photo !== undefined)
        .filter((photo) => photo.ownerId === ownerId && (!visibility || photo.visibility === visibility))
        .sort((one, other) => (one.id < other.id ? 1 : -1))
        .filter((photo) => !after || photo.id < after);
      const items = photos.slice(0, limit);
      const last = items.at(-1);
      return { items, ...(last && photos.length > limit && { nextCursor: encodeCursor(list, last.id) }) };
    },
    async update(id, { title, visibility }) {
      const photo = find(id);
      if (!photo) return undefined;
      const { title: before, ...rest } = photo;
      const after = {
        ...rest,
        ...(title !== null && (title ?? before) !== undefined && { title: title ?? before }),
        ...(visibility && { visibility }),
      };
      entries.set(id, { ...entries.get(id), photo: after });
      return after;
    },
    beginProcessing: async (id) => change(id, ["pending"], { status: "processing" }) ?? find(id),
    markReady: async (id, decoded) => change(id, ["processing"], { status: "ready", ...decoded }, true),
    markRejected: async (id, reason) => change(id, ["pending", "processing"], { status: "rejected", reason }),
    async remove(id) {
      entries.delete(id);
    },
    async keepSignature(id, part, signature) {
      const photo = find(id);
      const kept = photo?.signatures?.[part];
      if (!photo || (kept && kept.expiresAt > signature.expiresAt)) return signature;
      if (kept && isForSameWindow(kept, signature)) return kept;
      const after = { ...photo, signatures: { ...photo.signatures, [part]: signature } };
      entries.set(id, { ...entries.get(id), photo: after });
      return signature;
    },
  };
}

import { strangers } from "../../friendship.ts";
import type { Photo } from "../../photo.ts";
import { type Relation, unrelated } from "../../policy.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/** Loads what stands between a viewer and photos, and answers it for each of them. */
export type Relate = (viewer: Viewer | undefined, photos: readonly Photo[]) => Promise<(photo: Photo) => Relation>;

export function createRelate({ relations }: { relations: RelationStore }): Relate {
  return async (viewer, photos) => {
    const unclear = viewer ? photos.filter((photo) => dependsOnRelation(viewer, photo)) : [];
    if (!viewer || unclear.length === 0) return () => unrelated;
    const { friendships, roles } = await relations.relationsOf(viewer.userId, {
      users: new Set(unclear.map(({ ownerId }) => ownerId)),
      albums: new Set(unclear.map(({ albumId }) => albumId).filter((albumId) => albumId !== undefined)),
    });
    return ({ ownerId, albumId }) => ({
      friendship: friendships.get(ownerId) ?? strangers,
      albumRole: albumId === undefined ? undefined : roles.get(albumId),
    });
  };
}

/** Nothing has to be read for one's own photos, nor for public ones unless membership would open the original as well. */
function dependsOnRelation(viewer: Viewer, { ownerId, visibility, albumId }: Photo): boolean {
  return ownerId !== viewer.userId && (visibility !== "public" || albumId !== undefined);
}

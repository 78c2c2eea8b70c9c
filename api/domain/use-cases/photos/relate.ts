import { strangers } from "../../friendship.ts";
import type { Photo } from "../../photo.ts";
import { type Relation, unrelated } from "../../policy.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/** Loads what stands between a viewer and photos, and answers it for each of them. What is absent is asked about as well. */
export type Relate = (
  viewer: Viewer | undefined,
  photos: readonly (Photo | undefined)[],
) => Promise<(photo: Photo) => Relation>;

/** Stands for an absent photo's owner and album: an answer that came sooner would tell that there is nothing to hide. */
const nobody = "-";
const absent: Pick<Photo, "ownerId" | "visibility" | "albumId"> = { ownerId: nobody, visibility: "private" };

export function createRelate({ relations }: { relations: RelationStore }): Relate {
  return async (viewer, photos) => {
    const unclear = viewer
      ? photos.map((photo) => photo ?? absent).filter((photo) => dependsOnRelation(viewer, photo))
      : [];
    if (!viewer || unclear.length === 0) return () => unrelated;
    const albums = new Set(unclear.map(({ albumId }) => albumId).filter((albumId) => albumId !== undefined));
    const { friendships, roles } = await relations.relationsOf(viewer.userId, {
      users: new Set(unclear.map(({ ownerId }) => ownerId)),
      // Asked about in any case, so that the time does not tell whether a photo is in an album either.
      albums: albums.size > 0 ? albums : [nobody],
    });
    return ({ ownerId, albumId }) => ({
      friendship: friendships.get(ownerId) ?? strangers,
      albumRole: albumId === undefined ? undefined : roles.get(albumId),
    });
  };
}

/** Nothing has to be read for one's own photos, nor for public ones unless membership would open the original as well. */
function dependsOnRelation(viewer: Viewer, { ownerId, visibility, albumId }: typeof absent): boolean {
  return ownerId !== viewer.userId && (visibility !== "public" || albumId !== undefined);
}

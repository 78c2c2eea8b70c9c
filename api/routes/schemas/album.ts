import Type, { type Static } from "typebox";
import * as domain from "../../domain/album.ts";
import { oneOf, ref } from "./ref.ts";
import { Time, Title, UserId, Uuid } from "./values.ts";

export const AlbumParams = Type.Object({ albumId: Uuid });
export const AlbumPhotoParams = Type.Object({ albumId: Uuid, photoId: Uuid });
export const AlbumMemberParams = Type.Object({ albumId: Uuid, userId: UserId });

export const MemberRole = oneOf(domain.memberRoles, {
  description: "`contributor` may add photos of their own, `manager` may also rename, share, appoint and dismiss.",
  examples: ["contributor"],
});

const AlbumRole = oneOf(domain.albumRoles, { examples: ["manager"] });

export const Album = Type.Object(
  {
    id: Uuid,
    ownerId: UserId,
    title: Title,
    role: { ...AlbumRole, description: "Yours." },
    photoCount: Type.Integer({ description: "Those that are `ready`.", examples: [12] }),
    memberCount: Type.Integer({ description: "The owner included.", examples: [3] }),
    createdAt: Time,
  },
  { $id: "Album", description: "Photos of several users, for its members to see." },
);

export const Member = Type.Object(
  { userId: UserId, role: AlbumRole, addedAt: Time },
  { $id: "Member", description: "Somebody in an album." },
);

export const ChangedAlbum = Type.Object({ album: ref(Album) }, { description: "The album as it is now." });

export function toAlbum({ album, role }: domain.ViewedAlbum): Static<typeof Album> {
  const { id, ownerId, title, photoCount, memberCount, createdAt } = album;
  return { id, ownerId, title, role, photoCount, memberCount, createdAt };
}

export function toMember({ userId, role, addedAt }: domain.Member): Static<typeof Member> {
  return { userId, role, addedAt };
}

import type { Member, MemberRole } from "../../album.ts";
import { AlbumNotFoundError, ChangedMeanwhileError, MemberNotFoundError } from "../../errors.ts";
import { isBlocked } from "../../friendship.ts";
import type { AlbumId, UserId } from "../../photo.ts";
import { decideAppoint, decideDismiss } from "../../policy.ts";
import type { AlbumStore } from "../../ports/album-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { RelationStore } from "../../ports/relation-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import { roleFor } from "./viewed-album.ts";

/** Each throws AlbumNotFoundError for what is above the viewer's rank, and for a stranger to the album. */
export interface ManageMembers {
  /** By user id. Throws InvalidCursorError. */
  listMembers(viewer: Viewer, id: AlbumId, page: PageRequest): Promise<Page<Member>>;
  /**
   * Makes somebody a member, or gives a member another role, any number of times. Throws AlbumFullError, and
   * MemberNotFoundError for somebody new where one of the two blocks the other.
   */
  putMember(viewer: Viewer, id: AlbumId, userId: UserId, role: MemberRole): Promise<Member>;
  /** Leaves, or dismisses somebody. Throws MemberNotFoundError for who is no member. */
  removeMember(viewer: Viewer, id: AlbumId, userId: UserId): Promise<void>;
}

export interface ManageMembersOptions {
  readonly albums: Pick<AlbumStore, "findMember" | "listMembers" | "putMember" | "removeMember">;
  readonly relations: RelationStore;
  readonly now: Clock;
}

/** Somebody else may change the same member at the same time: it is decided again on what the role is by then. */
const mostAttempts = 4;

export function createManageMembers({ albums, relations, now }: ManageMembersOptions): ManageMembers {
  async function roles(viewer: Viewer, id: AlbumId, userId: UserId) {
    const [own, other] = await Promise.all([albums.findMember(id, viewer.userId), albums.findMember(id, userId)]);
    return { role: own?.role, other };
  }

  async function refuseBlocked(viewer: Viewer, userId: UserId): Promise<void> {
    const { friendships } = await relations.relationsOf(viewer.userId, { users: [userId], albums: [] });
    const friendship = friendships.get(userId);
    if (friendship && isBlocked(friendship)) throw new MemberNotFoundError("blocked");
  }

  return {
    async listMembers(viewer, id, page) {
      await roleFor(albums, viewer, id, "view");
      return albums.listMembers(id, page);
    },

    async putMember(viewer, albumId, userId, given) {
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const { role, other } = await roles(viewer, albumId, userId);
        const decision = decideAppoint(role, other?.role, given);
        if (!decision.allow) throw new AlbumNotFoundError(decision.because);
        if (!other) await refuseBlocked(viewer, userId);
        const member = { albumId, userId, role: given, addedAt: other?.addedAt ?? now() };
        const put = await albums.putMember(member, other?.role);
        if (put) return put;
      }
      throw new ChangedMeanwhileError();
    },

    async removeMember(viewer, albumId, userId) {
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const { role, other } = await roles(viewer, albumId, userId);
        // Somebody who is no member has the least to lose: so it is told only to those who could dismiss a viewer.
        const decision = decideDismiss(role, other?.role ?? "viewer", other?.userId === viewer.userId);
        if (!decision.allow) throw new AlbumNotFoundError(decision.because);
        if (!other) throw new MemberNotFoundError("absent");
        if (await albums.removeMember(albumId, userId, other.role)) return;
      }
      throw new ChangedMeanwhileError();
    },
  };
}

import { type AlbumRole, type MemberRole, outranks } from "./album.ts";
import { areFriends, type Friendship, isBlocked, strangers } from "./friendship.ts";
import { type Photo, type PhotoStatus, statusOf } from "./photo.ts";
import type { Viewer } from "./ports/sign-in.ts";
import { isLive, leadsTo, type ShareLink } from "./share-link.ts";

export type Grant = "owner" | "public" | "friend" | "member" | "link";
export type DenyReason = "no-grant" | "not-owner" | "not-member" | "rank" | "blocked" | Exclude<PhotoStatus, "ready">;

interface Denial {
  readonly allow: false;
  readonly because: DenyReason;
}

export type Decision = { readonly allow: true; readonly because: Grant; readonly until?: Date } | Denial;

/** What stands between a viewer and a photo, besides the photo itself. */
export interface Relation {
  /** Of the viewer with the owner of the photo. */
  readonly friendship: Friendship;
  /** Of the viewer in the album that the photo is in. */
  readonly albumRole?: AlbumRole | undefined;
  /** One that the viewer holds, its token and password proved. */
  readonly link?: ShareLink | undefined;
}

export const unrelated: Relation = { friendship: strangers };

/**
 * Who may see a photo: its owner in every state, others only once its bytes are in and while something shares it with
 * them. Without a viewer nobody is signed in. A signed URL must not outlive `until`.
 */
export function decideView(viewer: Viewer | undefined, photo: Photo, relation: Relation, now: Date): Decision {
  if (viewer?.userId === photo.ownerId) return { allow: true, because: "owner" };
  const status = statusOf(photo);
  // Signed in, one may know that a photo is on its way; a link or a permalink leads to renditions or nowhere.
  const knowable = status === "ready" || (status === "processing" && viewer !== undefined);
  if (!knowable) return { allow: false, because: status };
  // The grants without an end come first: a URL need not be shorter than the longest right.
  if (photo.visibility === "public") return { allow: true, because: "public" };
  const personal = decidePersonal(viewer, photo, relation);
  if (personal.allow) return personal;
  return byLink(photo, relation, now) ?? personal;
}

/** Who may have the untouched bytes. Seeing a photo is not enough: the original still tells where it was taken. */
export function decideDownload(viewer: Viewer | undefined, photo: Photo, relation: Relation, now: Date): Decision {
  const view = decideView(viewer, photo, relation, now);
  if (!view.allow || view.because === "owner" || view.because === "member") return view;
  if (viewer && relation.albumRole && !isBlocked(relation.friendship)) return { allow: true, because: "member" };
  const link = relation.link?.allowDownload && byLink(photo, relation, now);
  return link || { allow: false, because: "no-grant" };
}

/** Who may complete, change, trash, share and delete a photo. */
export function decideManage(viewer: Viewer, photo: Photo): Decision {
  if (viewer.userId === photo.ownerId) return { allow: true, because: "owner" };
  return { allow: false, because: "not-owner" };
}

/** Who may take a photo out of an album: its owner, and whoever manages the album. */
export function decideTakeOut(viewer: Viewer, photo: Photo, role: AlbumRole | undefined): Decision {
  const manage = decideManage(viewer, photo);
  return manage.allow ? manage : decideAlbum(role, "takeOut");
}

/** The least rank that an act on an album asks for. */
const rankFor = {
  view: "viewer",
  addOwnPhotos: "contributor",
  rename: "manager",
  appoint: "manager",
  takeOut: "manager",
  share: "manager",
  delete: "owner",
} as const satisfies Record<string, AlbumRole>;

export type AlbumAct = keyof typeof rankFor;

export function decideAlbum(role: AlbumRole | undefined, act: AlbumAct): Decision {
  if (!role) return { allow: false, because: "not-member" };
  if (outranks(rankFor[act], role)) return { allow: false, because: "rank" };
  return { allow: true, because: "member" };
}

/**
 * Who may make somebody a member, or give a member another role: nobody may give more than they have, nor touch whoever
 * has as much. Without `held` the other is no member yet.
 */
export function decideAppoint(role: AlbumRole | undefined, held: AlbumRole | undefined, given: MemberRole): Decision {
  const appoint = decideAlbum(role, "appoint");
  if (!role || !appoint.allow) return appoint;
  if (outranks(given, role) || (held && !outranks(role, held))) return { allow: false, because: "rank" };
  return appoint;
}

/** Who may end a membership: the member, and whoever may appoint and outranks them. The owner can't leave. */
export function decideDismiss(role: AlbumRole | undefined, held: AlbumRole, self: boolean): Decision {
  if (held === "owner") return { allow: false, because: "rank" };
  if (self) return { allow: true, because: "member" };
  const appoint = decideAlbum(role, "appoint");
  if (!role || !appoint.allow) return appoint;
  return outranks(role, held) ? appoint : { allow: false, because: "rank" };
}

/** By what was given to the person: a block takes it all away. */
function decidePersonal(viewer: Viewer | undefined, photo: Photo, relation: Relation): Decision {
  if (!viewer) return { allow: false, because: "no-grant" };
  if (isBlocked(relation.friendship)) return { allow: false, because: "blocked" };
  if (relation.albumRole) return { allow: true, because: "member" };
  if (photo.visibility === "friends" && areFriends(relation.friendship)) return { allow: true, because: "friend" };
  return { allow: false, because: "no-grant" };
}

function byLink(photo: Photo, { link }: Relation, now: Date): Decision | undefined {
  if (!link || !isLive(link, now) || !leadsTo(link, photo)) return undefined;
  return { allow: true, because: "link", until: link.expiresAt };
}

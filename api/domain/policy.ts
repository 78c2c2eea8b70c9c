import type { Photo, PhotoStatus } from "./photo.ts";
import type { Viewer } from "./ports/sign-in.ts";

export type DenyReason = "no-grant" | "not-owner" | Exclude<PhotoStatus, "ready">;

export type Decision =
  | { readonly allow: true; readonly because: "owner" | "public"; readonly until?: Date }
  | { readonly allow: false; readonly because: DenyReason };

/**
 * Who may see a photo: its owner in every state, others only once its bytes are in and it is shared with them.
 * Without a viewer nobody is signed in. A signed URL must not outlive `until`.
 */
export function decideView(viewer: Viewer | undefined, photo: Photo): Decision {
  if (viewer?.userId === photo.ownerId) return { allow: true, because: "owner" };
  if (photo.status !== "ready") {
    // Signed in, one may know that a public photo is on its way; a permalink leads to renditions or nowhere.
    const knowable = photo.status === "processing" && viewer !== undefined;
    if (!knowable) return { allow: false, because: photo.status };
  }
  if (photo.visibility === "public") return { allow: true, because: "public" };
  return { allow: false, because: "no-grant" };
}

/** Who may have the untouched bytes. Seeing a photo is not enough: the original still tells where it was taken. */
export function decideDownload(viewer: Viewer | undefined, photo: Photo): Decision {
  if (viewer?.userId === photo.ownerId) return { allow: true, because: "owner" };
  return { allow: false, because: "no-grant" };
}

/** Who may complete, change and delete a photo. */
export function decideManage(viewer: Viewer, photo: Photo): Decision {
  if (viewer.userId === photo.ownerId) return { allow: true, because: "owner" };
  return { allow: false, because: "not-owner" };
}

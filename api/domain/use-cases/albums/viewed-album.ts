import type { AlbumRole, ViewedAlbum } from "../../album.ts";
import { AlbumNotFoundError } from "../../errors.ts";
import type { AlbumId } from "../../photo.ts";
import { type AlbumAct, decideAlbum } from "../../policy.ts";
import type { AlbumStore } from "../../ports/album-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";

/** The viewer's role in an album, if it lets them act so; throws AlbumNotFoundError otherwise. */
export async function roleFor(
  albums: Pick<AlbumStore, "findMember">,
  viewer: Viewer,
  id: AlbumId,
  act: AlbumAct,
): Promise<AlbumRole> {
  const role = (await albums.findMember(id, viewer.userId))?.role;
  const decision = decideAlbum(role, act);
  if (!decision.allow || !role) throw new AlbumNotFoundError(decision.allow ? "absent" : decision.because);
  return role;
}

/** Throws AlbumNotFoundError where the store found, or could change, nothing. */
export function viewedAlbum(album: ViewedAlbum["album"] | undefined, role: AlbumRole): ViewedAlbum {
  if (!album) throw new AlbumNotFoundError("absent");
  return { album, role };
}

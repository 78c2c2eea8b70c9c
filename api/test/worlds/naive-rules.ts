import { isDeepStrictEqual } from "node:util";
import type { Act, Parties, Role } from "./acts.ts";
import { type NaiveModel, type Photo, rank, type Sight } from "./naive-model.ts";

/*
 * Who may do what, written down as naively as who may see what.
 */

/** The status that the API is to answer, and what the act does to the model, if anything. */
export type Ruling = readonly [status: number, effect?: (() => unknown) | undefined];

/** The effect of an act that only asks: not nothing, since it is worth asking. */
const asks = () => {};
const refused: Ruling = [404];
const when = (may: boolean, status: number, effect: Ruling[1]): Ruling => (may ? [status, effect] : refused);

const cookies: Readonly<Record<Sight, number>> = { nothing: 404, metadata: 409, renditions: 200, original: 200 };

/** What is to come of an act. Nothing has changed before its effect is called. */
export function rule(model: NaiveModel, act: Act): Ruling {
  const { user, other } = act;
  const photo = model.photos[act.photo];
  const link = model.links[act.link];
  const sight = model.sees(user, act.photo);
  const isAtLeast = (role: string) => rank(model.role(user, act.album)) >= rank(role);
  const toOwn = (change: Partial<Photo>): Ruling => when(photo?.owner === user, 200, to(photo, change));
  const toOther = (status: number, effect: Ruling[1]): Ruling => (user === other ? [400] : [status, effect]);

  switch (act.kind) {
    case "reserve":
      return [201, () => model.reserve(user, act)];
    case "reserveInto":
      return when(isAtLeast("contributor"), 201, () => model.reserve(user, act, act.album));
    case "process":
      return [0, isUnderway(photo) ? to(photo, { progress: act.progress }) : undefined];
    case "look":
      return when(sight !== "nothing", 200, asks);
    case "askCookies":
      return when(sight !== "nothing", cookies[sight], asks);
    case "askDeleteUrl":
      return when(photo?.owner === user, 200, asks);
    case "complete":
      return toOwn(photo?.progress === "pending" ? { progress: "processing" } : {});
    case "trash":
      return toOwn({ trashed: true });
    case "restore":
      return toOwn({ trashed: false });
    case "setVisibility":
      return toOwn({ visibility: act.visibility });
    case "putInto":
      return photo?.album === act.album || isAtLeast("contributor") ? toOwn({ album: act.album }) : refused;
    case "takeBack":
      return toOwn({ album: undefined });
    case "takeOut": {
      const may = photo?.album === act.album && (photo.owner === user || isAtLeast("manager"));
      return when(may, 204, to(photo, { album: undefined }));
    }

    case "makeAlbum":
      return [201, () => model.makeAlbum(user)];
    case "renameAlbum":
      return when(isAtLeast("manager"), 200, asks);
    case "deleteAlbum":
      return when(isAtLeast("owner"), 204, () => model.deleteAlbum(act.album));
    case "appoint":
      return when(mayAppoint(model, act), 200, () => model.albums[act.album]?.set(other, act.role));
    case "dismiss":
      return when(mayDismiss(model, act), 204, () => model.albums[act.album]?.delete(other));

    case "befriend":
      return model.blocks.has(`${user}>${other}`) ? [409] : toOther(200, () => model.asks.add(`${user}>${other}`));
    case "part":
      return toOther(204, () => model.part(user, other));
    case "block":
      return toOther(204, () => model.block(user, other));
    case "unblock":
      return toOther(204, model.blocks.has(`${user}>${other}`) ? () => model.unblock(user, other) : undefined);

    case "sharePhoto":
      return when(model.sharesPhoto(user, act.photo), 201, () => model.share(user, "photo", act.photo, act));
    case "shareAlbum":
      return when(model.sharesAlbum(user, act.album), 201, () => model.share(user, "album", act.album, act));
    case "revoke":
      return when(link?.creator === user && !link.revoked, 204, to(link, { revoked: true }));
    case "wait":
      return [0, to(model, { now: model.now + act.minutes })];
  }
}

/** Nobody may give more than they have, nor touch whoever has as much. */
function mayAppoint(model: NaiveModel, { user, other, album, role: given }: Parties & { role: Role }): boolean {
  const [role, held] = [model.role(user, album), model.role(other, album)];
  if (rank(role) < rank("manager") || rank(role) < rank(given) || rank(role) <= rank(held)) return false;
  return held !== undefined || !model.isBlocked(user, other);
}

function mayDismiss(model: NaiveModel, { user, other, album }: Parties): boolean {
  const [role, held] = [model.role(user, album), model.role(other, album)];
  if (held === undefined || held === "owner") return false;
  return user === other || (rank(role) >= rank("manager") && rank(role) > rank(held));
}

function isUnderway(photo: Photo | undefined): boolean {
  return photo?.progress === "pending" || photo?.progress === "processing";
}

/** Undefined where there is nothing to change. */
function to<T extends object>(it: T | undefined, change: Partial<T>): Ruling[1] {
  return !it || isDeepStrictEqual({ ...it, ...change }, { ...it }) ? undefined : () => Object.assign(it, change);
}

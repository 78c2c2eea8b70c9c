import { type Progress, type Terms, type User, users, type Visibility } from "./acts.ts";

/*
 * The table of who may see a photo, written down as naively as it can be and apart from the domain: plain sets and loops over
 * everything that has happened.
 */

const ranks = ["viewer", "contributor", "manager", "owner"];
/** Of nobody in particular it is less than any. */
export const rank = (role: string | undefined) => (role === undefined ? -1 : ranks.indexOf(role));

export interface Photo {
  readonly owner: User;
  visibility: Visibility;
  album: number | undefined;
  progress: Progress;
  trashed: boolean;
}

/** Who is what in an album. One that is deleted has nobody. */
type Album = Map<User, string>;

interface Link extends Terms {
  readonly creator: User;
  readonly what: "photo" | "album";
  readonly target: number;
  /** In minutes since the world began. */
  readonly endsAt: number;
  revoked: boolean;
}

export type Sight = "nothing" | "metadata" | "renditions" | "original";

export interface Opened {
  readonly photos: readonly number[];
  readonly originals: boolean;
  readonly endsAt: number;
}

const monthMinutes = 30 * 24 * 60;

const isOpen = ({ progress, trashed }: Photo) => progress === "ready" && !trashed;

/** Everything is known by the number of its making. */
export class NaiveModel {
  readonly photos: Photo[] = [];
  readonly albums: Album[] = [];
  readonly links: Link[] = [];
  /** Both as `one>other`. */
  readonly asks = new Set<string>();
  readonly blocks = new Set<string>();
  /** In minutes since the world began. */
  now = 0;

  role(user: User, album: number | undefined): string | undefined {
    return album === undefined ? undefined : this.albums[album]?.get(user);
  }

  isBlocked(one: User, other: User): boolean {
    return this.blocks.has(`${one}>${other}`) || this.blocks.has(`${other}>${one}`);
  }

  areFriends(one: User, other: User): boolean {
    return this.asks.has(`${one}>${other}`) && this.asks.has(`${other}>${one}`) && !this.isBlocked(one, other);
  }

  sees(viewer: User, photo: number): Sight {
    const it = this.photos[photo];
    if (!it) return "nothing";
    const open = isOpen(it);
    if (it.owner === viewer) return open ? "original" : "metadata";
    const sight = this.#grantedTo(viewer, it);
    if (open || sight === "nothing") return sight;
    // That a photo is on its way may be known to whoever will see it.
    return it.progress === "processing" && !it.trashed ? "metadata" : "nothing";
  }

  #grantedTo(viewer: User, { owner, album, visibility }: Photo): Sight {
    if (this.role(viewer, album) !== undefined && !this.isBlocked(viewer, owner)) return "original";
    if (visibility === "public") return "renditions";
    return visibility === "friends" && this.areFriends(viewer, owner) ? "renditions" : "nothing";
  }

  /** Who blocks the user looks as if they had never asked, nor answered. */
  friends(user: User, status: "accepted" | "incoming" | "outgoing"): User[] {
    const [asked, asking] = { accepted: [true, true], incoming: [false, true], outgoing: [true, false] }[status];
    return users.filter((other) => {
      if (this.blocks.has(`${user}>${other}`)) return false;
      const asks = this.asks.has(`${other}>${user}`) && !this.blocks.has(`${other}>${user}`);
      return this.asks.has(`${user}>${other}`) === asked && asks === asking;
    });
  }

  /** Newest first, as all of these are. */
  listed(viewer: User, owner: User): number[] {
    return this.#newest((photo, number) => {
      if (photo.owner !== owner || photo.trashed) return false;
      return (
        viewer === owner || (isOpen(photo) && photo.visibility !== "private" && this.sees(viewer, number) !== "nothing")
      );
    });
  }

  trash(user: User): number[] {
    return this.#newest(({ owner, trashed }) => owner === user && trashed);
  }

  feed(viewer: User): number[] {
    return this.#newest(
      (photo) => isOpen(photo) && photo.visibility !== "private" && this.areFriends(viewer, photo.owner),
    );
  }

  /** Of every album that the user is in. */
  rolesOf(user: User): Map<number, string> {
    const roles = new Map<number, string>();
    for (const [number, album] of this.albums.entries()) {
      const role = album.get(user);
      if (role !== undefined) roles.set(number, role);
    }
    return roles;
  }

  /** Undefined for who is not in it. */
  albumPhotos(viewer: User, album: number): number[] | undefined {
    if (this.role(viewer, album) === undefined) return undefined;
    return this.#newest(
      (photo, number) => photo.album === album && !photo.trashed && this.sees(viewer, number) !== "nothing",
    );
  }

  permalinkOpens(photo: number): boolean {
    const it = this.photos[photo];
    return it?.visibility === "public" && isOpen(it);
  }

  opened(link: number, password: "none" | "right" | "wrong"): "nothing" | "password" | Opened {
    const it = this.links[link];
    if (!it || it.revoked || this.now >= it.endsAt) return "nothing";
    const shares =
      it.what === "photo" ? this.sharesPhoto(it.creator, it.target) : this.sharesAlbum(it.creator, it.target);
    const photos = this.#newest(
      (photo, number) => isOpen(photo) && (it.what === "photo" ? number : photo.album) === it.target,
    );
    if (!shares || (it.what === "photo" && photos.length === 0)) return "nothing";
    if (it.password && password !== "right") return "password";
    return { photos, originals: it.allowDownload, endsAt: it.endsAt };
  }

  sharesPhoto(user: User, photo: number): boolean {
    const it = this.photos[photo];
    return it?.owner === user && !it.trashed;
  }

  sharesAlbum(user: User, album: number): boolean {
    return rank(this.role(user, album)) >= rank("manager");
  }

  /** As many as count towards the quota. */
  photosUsed(user: User): number {
    return this.photos.filter(({ owner, progress }) => owner === user && progress !== "rejected").length;
  }

  reserve(owner: User, { visibility, progress }: Pick<Photo, "visibility" | "progress">, album?: number): void {
    this.photos.push({ owner, visibility, progress, album, trashed: false });
  }

  makeAlbum(user: User): void {
    this.albums.push(new Map([[user, "owner"]]));
  }

  deleteAlbum(album: number): void {
    for (const photo of this.photos) if (photo.album === album) photo.album = undefined;
    this.albums[album]?.clear();
  }

  part(one: User, other: User): void {
    this.asks.delete(`${one}>${other}`);
    this.asks.delete(`${other}>${one}`);
  }

  block(user: User, other: User): void {
    this.part(user, other);
    this.blocks.add(`${user}>${other}`);
  }

  unblock(user: User, other: User): void {
    this.blocks.delete(`${user}>${other}`);
  }

  share(creator: User, what: "photo" | "album", target: number, { allowDownload, short, password }: Terms): void {
    const endsAt = this.now + (short ? 30 : monthMinutes);
    this.links.push({ creator, what, target, allowDownload, short, password, endsAt, revoked: false });
  }

  #newest(holds: (photo: Photo, number: number) => boolean): number[] {
    const found: number[] = [];
    for (const [number, photo] of this.photos.entries()) if (holds(photo, number)) found.unshift(number);
    return found;
  }
}

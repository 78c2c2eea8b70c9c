/*
 * The table of who may see a photo, and who may do what, written down as naively as it can be and apart from the domain: plain
 * sets and loops over everything that has happened.
 */

export const users = ["ann", "ben", "cleo", "dan"] as const;
export type User = (typeof users)[number];
export type Visibility = "private" | "friends" | "public";
export type Role = "viewer" | "contributor" | "manager";

const ranks = ["viewer", "contributor", "manager", "owner"];
const rank = (role: string | undefined) => (role === undefined ? -1 : ranks.indexOf(role));

interface Photo {
  readonly owner: User;
  visibility: Visibility;
  album: number | undefined;
  ready: boolean;
  trashed: boolean;
}

export interface Share {
  readonly what: "photo" | "album";
  readonly target: number;
  readonly allowDownload: boolean;
  /** Lives for half an hour, not for a month. */
  readonly short: boolean;
  readonly password: boolean;
}

interface Link extends Share {
  readonly creator: User;
  readonly endsAt: number;
  revoked: boolean;
}

interface Album {
  readonly owner: User;
  readonly roles: Map<User, string>;
  deleted: boolean;
}

/** Everything is known by the number of its making. */
export class NaiveModel {
  readonly photos: Photo[] = [];
  readonly albums: Album[] = [];
  readonly links: Link[] = [];
  /** Minutes since the world began. */
  #now = 0;
  readonly #asks = new Set<string>();
  readonly #blocks = new Set<string>();

  // Every act answers the status that the API is to answer.

  reserve(user: User, visibility: Visibility, ready: boolean): number {
    this.photos.push({ owner: user, visibility, album: undefined, ready, trashed: false });
    return 201;
  }

  setVisibility(user: User, photo: number, visibility: Visibility): number {
    return this.#own(user, photo, 200, (it) => {
      it.visibility = visibility;
    });
  }

  putIntoAlbum(user: User, photo: number, album: number): number {
    const it = this.photos[photo];
    if (!it || it.owner !== user) return 404;
    if (it.album !== album && rank(this.#role(user, album)) < rank("contributor")) return 404;
    it.album = album;
    return 200;
  }

  trash(user: User, photo: number): number {
    return this.#own(user, photo, 200, (it) => {
      it.trashed = true;
    });
  }

  restore(user: User, photo: number): number {
    return this.#own(user, photo, 200, (it) => {
      it.trashed = false;
    });
  }

  makeAlbum(user: User): number {
    this.albums.push({ owner: user, roles: new Map([[user, "owner"]]), deleted: false });
    return 201;
  }

  deleteAlbum(user: User, album: number): number {
    const it = this.albums[album];
    if (!it || this.#role(user, album) !== "owner") return 404;
    it.deleted = true;
    for (const photo of this.photos) if (photo.album === album) photo.album = undefined;
    return 204;
  }

  appoint(user: User, album: number, other: User, role: Role): number {
    const mine = this.#role(user, album);
    const held = this.#role(other, album);
    if (rank(mine) < rank("manager") || rank(role) > rank(mine)) return 404;
    if (held !== undefined && rank(held) >= rank(mine)) return 404;
    if (held === undefined && this.#blocked(user, other)) return 404;
    this.albums[album]?.roles.set(other, role);
    return 200;
  }

  dismiss(user: User, album: number, other: User): number {
    const mine = this.#role(user, album);
    const held = this.#role(other, album);
    if (mine === undefined || held === undefined || held === "owner") return 404;
    if (user !== other && (rank(mine) < rank("manager") || rank(held) >= rank(mine))) return 404;
    this.albums[album]?.roles.delete(other);
    return 204;
  }

  ask(user: User, other: User): number {
    if (user === other) return 400;
    if (this.#blocks.has(`${user}>${other}`)) return 409;
    this.#asks.add(`${user}>${other}`);
    return 200;
  }

  part(user: User, other: User): number {
    if (user === other) return 400;
    this.#asks.delete(`${user}>${other}`);
    this.#asks.delete(`${other}>${user}`);
    return 204;
  }

  block(user: User, other: User): number {
    if (user === other) return 400;
    this.part(user, other);
    this.#blocks.add(`${user}>${other}`);
    return 204;
  }

  unblock(user: User, other: User): number {
    if (user === other) return 400;
    this.#blocks.delete(`${user}>${other}`);
    return 204;
  }

  wait(minutes: number): void {
    this.#now += minutes;
  }

  share(user: User, share: Share): number {
    const mine = share.what === "photo" ? this.#sharesPhoto(user, share.target) : this.#sharesAlbum(user, share.target);
    if (!mine) return 404;
    const endsAt = this.#now + (share.short ? 30 : 30 * 24 * 60);
    this.links.push({ ...share, creator: user, endsAt, revoked: false });
    return 201;
  }

  revoke(user: User, link: number): number {
    const it = this.links[link];
    if (!it || it.revoked || it.creator !== user) return 404;
    it.revoked = true;
    return 204;
  }

  // What is to be seen.

  /** `no`, `metadata`, `view`, or `download` where the original comes as well. */
  sees(viewer: User, photo: number): "no" | "metadata" | "view" | "download" {
    const it = this.photos[photo];
    if (!it) return "no";
    const open = it.ready && !it.trashed;
    if (it.owner === viewer) return open ? "download" : "metadata";
    if (!open) return "no";
    const blocked = this.#blocked(viewer, it.owner);
    if (!blocked && it.album !== undefined && this.#role(viewer, it.album) !== undefined) return "download";
    if (it.visibility === "public") return "view";
    return it.visibility === "friends" && this.areFriends(viewer, it.owner) ? "view" : "no";
  }

  areFriends(one: User, other: User): boolean {
    return this.#asks.has(`${one}>${other}`) && this.#asks.has(`${other}>${one}`) && !this.#blocked(one, other);
  }

  /** Newest first. */
  listed(viewer: User, owner: User): number[] {
    return this.#newest((photo, number) => {
      if (photo.owner !== owner || photo.trashed) return false;
      if (viewer === owner) return true;
      return photo.visibility !== "private" && this.sees(viewer, number) !== "no";
    });
  }

  feed(viewer: User): number[] {
    return this.#newest(
      (photo) =>
        photo.ready && !photo.trashed && photo.visibility !== "private" && this.areFriends(viewer, photo.owner),
    );
  }

  /** Undefined for who is not in it. */
  albumPhotos(viewer: User, album: number): number[] | undefined {
    if (this.#role(viewer, album) === undefined) return undefined;
    return this.#newest(
      (photo, number) => photo.album === album && !photo.trashed && this.sees(viewer, number) !== "no",
    );
  }

  permalinkOpens(photo: number): boolean {
    const it = this.photos[photo];
    return it?.visibility === "public" && it.ready && !it.trashed;
  }

  /** `no`, `password`, or the photos that it shows, newest first. */
  opened(link: number, password: "none" | "right" | "wrong"): "no" | "password" | number[] {
    const it = this.links[link];
    if (!it || it.revoked || this.#now >= it.endsAt) return "no";
    const shared =
      it.what === "photo" ? this.#sharesPhoto(it.creator, it.target) : this.#sharesAlbum(it.creator, it.target);
    if (!shared) return "no";
    const open = ({ ready, trashed }: Photo) => ready && !trashed;
    const photos =
      it.what === "photo"
        ? this.#newest((photo, number) => number === it.target && open(photo))
        : this.#newest((photo) => photo.album === it.target && open(photo));
    if (it.what === "photo" && photos.length === 0) return "no";
    return it.password && password !== "right" ? "password" : photos;
  }

  photosUsed(user: User): number {
    return this.photos.filter(({ owner }) => owner === user).length;
  }

  #sharesPhoto(user: User, photo: number): boolean {
    const it = this.photos[photo];
    return it?.owner === user && !it.trashed;
  }

  #sharesAlbum(user: User, album: number): boolean {
    return rank(this.#role(user, album)) >= rank("manager");
  }

  #own(user: User, photo: number, status: number, change: (photo: Photo) => void): number {
    const it = this.photos[photo];
    if (!it || it.owner !== user) return 404;
    change(it);
    return status;
  }

  #role(user: User, album: number): string | undefined {
    const it = this.albums[album];
    return it && !it.deleted ? it.roles.get(user) : undefined;
  }

  #blocked(one: User, other: User): boolean {
    return this.#blocks.has(`${one}>${other}`) || this.#blocks.has(`${other}>${one}`);
  }

  #newest(holds: (photo: Photo, number: number) => boolean): number[] {
    const found: number[] = [];
    for (const [number, photo] of this.photos.entries()) if (holds(photo, number)) found.unshift(number);
    return found;
  }
}

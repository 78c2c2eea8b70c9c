/*
 * What may happen in a world: somebody does something to something. Every photo, album and link is known by the number of
 * its making.
 */

export const users = ["ann", "ben", "cleo", "dan"] as const;
export type User = (typeof users)[number];
export type Visibility = "private" | "friends" | "public";
export type Role = "viewer" | "contributor" | "manager";
/** How far the bytes of a photo have come. */
export type Progress = "pending" | "processing" | "ready" | "rejected";

/** On what terms something is shared. */
export interface Terms {
  readonly allowDownload: boolean;
  /** The link lives for half an hour, not for a month. */
  readonly short: boolean;
  readonly password: boolean;
}

/** Who does it, and to what. An act has all of them, and reads those that it is about. */
export interface Parties {
  readonly user: User;
  readonly other: User;
  readonly photo: number;
  readonly album: number;
  readonly link: number;
}

export const about = {
  reserve: ["user"],
  reserveInto: ["user", "album"],
  process: ["photo"],
  look: ["user", "photo"],
  complete: ["user", "photo"],
  trash: ["user", "photo"],
  restore: ["user", "photo"],
  askDeleteUrl: ["user", "photo"],
  askCookies: ["user", "photo"],
  setVisibility: ["user", "photo"],
  putInto: ["user", "photo", "album"],
  takeBack: ["user", "photo"],
  takeOut: ["user", "photo", "album"],
  makeAlbum: ["user"],
  renameAlbum: ["user", "album"],
  deleteAlbum: ["user", "album"],
  appoint: ["user", "album", "other"],
  dismiss: ["user", "album", "other"],
  befriend: ["user", "other"],
  part: ["user", "other"],
  block: ["user", "other"],
  unblock: ["user", "other"],
  sharePhoto: ["user", "photo"],
  shareAlbum: ["user", "album"],
  revoke: ["user", "link"],
  wait: [],
} as const satisfies Record<string, readonly (keyof Parties)[]>;

export type Kind = keyof typeof about;

/** What is said of an act besides its parties. */
interface Details {
  readonly reserve: { readonly visibility: Visibility; readonly progress: Progress };
  readonly reserveInto: Details["reserve"];
  readonly process: { readonly progress: Exclude<Progress, "pending"> };
  readonly setVisibility: { readonly visibility: Visibility };
  readonly appoint: { readonly role: Role };
  readonly sharePhoto: Terms;
  readonly shareAlbum: Terms;
  readonly wait: { readonly minutes: number };
}
export type PlainKind = Exclude<Kind, keyof Details>;

/** An act without its parties. */
export type Doing =
  | { readonly kind: PlainKind }
  | { [K in keyof Details]: { readonly kind: K } & Details[K] }[keyof Details];

export type Act = Doing & Parties;

/** In a few words, with only the parties that it is about. */
export function tell({ user, other, photo, album, link, ...doing }: Act): string {
  const parties: Parties = { user, other, photo, album, link };
  const { kind, ...details } = doing;
  return [kind, ...about[kind].map((party) => `${party} ${parties[party]}`), JSON.stringify(details)].join(" ");
}

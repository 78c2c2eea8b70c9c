import { hash } from "node:crypto";
import type { Item } from "../../adapters/dynamodb/keys.ts";

/*
 * What must hold of the whole table, read as it is: written apart from the stores and the domain, from
 * docs/access-patterns.md alone, so that no mistake of theirs is repeated here.
 */

/** Everything in the table that disagrees with something else in it, in words. Holds after every single write. */
export function tableViolations(items: readonly Item[]): string[] {
  const kinds = sorted(items);
  return [
    ...kinds.users.flatMap((user) => userViolations(user, kinds)),
    ...missingUsers(kinds),
    ...kinds.albums.flatMap((album) => albumViolations(album, kinds)),
    ...kinds.friends.flatMap((edge) => edgeViolations(edge, kinds)),
    ...items.flatMap((item) => placeViolations(item)),
  ];
}

/** What the reconciler must have taken away, of all that was due before then. Holds once it has run. */
export function leftovers(items: readonly Item[], before: Date): string[] {
  const { photos, albums, members } = sorted(items);
  const ids = new Set(albums.map((album) => text(album, "pk")));
  return [
    ...albums.filter((album) => album.deletedAt).map((album) => `${text(album, "pk")} is deleted and still there`),
    ...members
      .filter((member) => !ids.has(text(member, "pk")))
      .map((member) => `${text(member, "sk")} is in ${text(member, "pk")}, which is gone`),
    ...photos
      .filter((photo) => photo.albumId && !ids.has(`ALBUM#${text(photo, "albumId")}`))
      .map((photo) => `${text(photo, "pk")} is in an album that is gone`),
    ...photos
      .filter((photo) => photo.gsi4sk && text(photo, "gsi4sk") < before.toISOString())
      .map((photo) => `${text(photo, "pk")} was due and is still there`),
  ];
}

interface Kinds {
  readonly users: readonly Item[];
  readonly photos: readonly Item[];
  readonly albums: readonly Item[];
  readonly members: readonly Item[];
  readonly friends: readonly Item[];
}

function sorted(items: readonly Item[]): Kinds {
  const beginning = (prefix: string) => items.filter((item) => text(item, "sk").startsWith(prefix));
  return {
    users: beginning("USER"),
    photos: beginning("PHOTO"),
    albums: beginning("ALBUM"),
    members: beginning("MEMBER#"),
    friends: beginning("FRIEND#"),
  };
}

const text = (item: Item, name: string): string => item[name]?.S ?? "";
const number = (item: Item, name: string): number => Number(item[name]?.N ?? 0);
const after = (value: string, prefix: string): string => value.slice(prefix.length);
const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
const agree = (item: Item, name: string, expected: number): string[] =>
  number(item, name) === expected
    ? []
    : [`${text(item, "pk")} has ${name} ${number(item, name)}, and adds up to ${expected}`];

function userViolations(user: Item, { photos, friends }: Kinds): string[] {
  const id = after(text(user, "pk"), "USER#");
  const own = photos.filter((photo) => text(photo, "ownerId") === id && text(photo, "status") !== "rejected");
  const accepted = friends.filter((edge) => text(edge, "pk") === `USER#${id}` && isAccepted(edge));
  return [
    ...agree(user, "usedBytes", total(own.map((photo) => number(photo, "size")))),
    ...agree(user, "usedPhotos", own.length),
    ...agree(user, "friendCount", accepted.length),
  ];
}

/** Whoever owns something has an item, or nobody would count it. */
function missingUsers({ users, photos, albums }: Kinds): string[] {
  const known = new Set(users.map((user) => text(user, "pk")));
  const owners = new Set([...photos, ...albums].map((item) => text(item, "ownerId")));
  return [...owners].filter((id) => !known.has(`USER#${id}`)).map((id) => `${id} owns something and has no item`);
}

function albumViolations(album: Item, { photos, members }: Kinds): string[] {
  if (album.deletedAt) return [];
  const id = after(text(album, "pk"), "ALBUM#");
  const inside = photos.filter(
    (photo) => text(photo, "albumId") === id && text(photo, "status") === "ready" && !photo.trashedAt,
  );
  const own = members.filter((member) => text(member, "pk") === `ALBUM#${id}`);
  const owners = own.filter((member) => text(member, "role") === "owner").map((member) => text(member, "sk"));
  const owner = `MEMBER#${text(album, "ownerId")}`;
  return [
    ...agree(album, "photoCount", inside.length),
    ...agree(album, "memberCount", own.length),
    ...(owners.length === 1 && owners[0] === owner ? [] : [`${text(album, "pk")} is owned by ${owners.join(" and ")}`]),
  ];
}

const isAccepted = (edge: Item) =>
  edge.asks?.BOOL === true && edge.theyAsk?.BOOL === true && !edge.blocks?.BOOL && !edge.theyBlock?.BOOL;

function edgeViolations(edge: Item, { friends }: Kinds): string[] {
  const [one, other] = [after(text(edge, "pk"), "USER#"), after(text(edge, "sk"), "FRIEND#")];
  const mirror = friends.find((each) => text(each, "pk") === `USER#${other}` && text(each, "sk") === `FRIEND#${one}`);
  const agrees =
    mirror &&
    mirror.asks?.BOOL === edge.theyAsk?.BOOL &&
    mirror.blocks?.BOOL === edge.theyBlock?.BOOL &&
    mirror.theyAsk?.BOOL === edge.asks?.BOOL &&
    mirror.theyBlock?.BOOL === edge.blocks?.BOOL &&
    number(mirror, "version") === number(edge, "version");
  return agrees ? [] : [`${one} and ${other} don't agree on what they are to each other`];
}

/** An item stands in an index exactly where its attributes say, and nowhere else. */
function placeViolations(item: Item): string[] {
  const expected = placesOf(item);
  return ["gsi1", "gsi2", "gsi3", "gsi4"].flatMap((index) => {
    const found = item[`${index}pk`] && `${text(item, `${index}pk`)} / ${text(item, `${index}sk`)}`;
    return found === expected[index]
      ? []
      : [`${text(item, "pk")} ${text(item, "sk")} stands in ${index} at ${found}, not at ${expected[index]}`];
  });
}

function placesOf(item: Item): Readonly<Record<string, string | undefined>> {
  const [pk, sk] = [text(item, "pk"), text(item, "sk")];
  if (sk === "PHOTO") return placesOfPhoto(item);
  if (sk === "ALBUM") return item.deletedAt ? { gsi4: `DUE / ${text(item, "deletedAt")}#${pk}` } : {};
  if (sk === "LINK") return { gsi1: `OWNER#${text(item, "creatorId")} / ${pk}` };
  if (sk === "USER") return { gsi2: `USERS#${hash("sha256", after(pk, "USER#"), "hex").charAt(0)} / ${pk}` };
  if (sk.startsWith("MEMBER#")) return { gsi1: `${sk} / ${pk}` };
  if (sk.startsWith("FRIEND#")) {
    const status = statusOf(item);
    return status === undefined ? {} : { gsi1: `${pk}#${status} / ${sk}` };
  }
  return {};
}

function placesOfPhoto(photo: Item): Readonly<Record<string, string | undefined>> {
  const pk = text(photo, "pk");
  const purge = photo.trashedAt && new Date(Date.parse(text(photo, "trashedAt")) + 30 * 24 * 3600 * 1000).toISOString();
  const [due] = [photo.lapsesAt && text(photo, "lapsesAt"), purge].filter((time) => time !== undefined).toSorted();
  const shared = text(photo, "status") === "ready" && !photo.trashedAt && text(photo, "visibility") !== "private";
  return {
    gsi1: `OWNER#${text(photo, "ownerId")} / ${pk}`,
    ...(photo.albumId && { gsi2: `ALBUM#${text(photo, "albumId")} / ${pk}` }),
    ...(shared && { gsi3: `SHARED#${text(photo, "ownerId")} / ${pk}` }),
    ...(due !== undefined && { gsi4: `DUE / ${due}#${pk}` }),
  };
}

function statusOf(edge: Item): string | undefined {
  if (edge.blocks?.BOOL) return "blocked";
  const asked = edge.theyAsk?.BOOL && !edge.theyBlock?.BOOL;
  if (edge.asks?.BOOL) return asked ? "accepted" : "outgoing";
  return asked ? "incoming" : undefined;
}

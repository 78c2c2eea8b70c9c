import fc from "fast-check";
import {
  type Act,
  about,
  type Doing,
  type Parties,
  type PlainKind,
  type Progress,
  type Role,
  type User,
  users,
  type Visibility,
} from "./acts.ts";
import type { NaiveModel } from "./naive-model.ts";
import { rule } from "./naive-rules.ts";

/** An act whose parties are yet to be found. */
export interface Wish {
  readonly doing: Doing;
  /** Somebody who may, another in the place of one of them, or anybody to anything, be it to nothing. */
  readonly by: "rightful" | "another" | "anybody";
  /** Which of those that come into question. */
  readonly pick: number;
}

const visibility = fc.constantFrom<Visibility>("private", "friends", "public");
const progress: fc.Arbitrary<Progress> = fc.oneof(
  { weight: 4, arbitrary: fc.constant("ready") },
  fc.constantFrom("processing", "processing", "pending", "rejected"),
);
const role = fc.constantFrom<Role>("viewer", "contributor", "manager");
const terms = {
  allowDownload: fc.boolean(),
  short: fc.boolean(),
  // A quarter of a second for each guess at one.
  password: fc.nat(23).map((value) => value === 23),
};
const plain = (...kinds: PlainKind[]) => fc.record({ kind: fc.constantFrom(...kinds) });

const doing: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({ kind: fc.constantFrom("reserve", "reserveInto"), visibility, progress }),
  fc.record({ kind: fc.constant("process"), progress: fc.constantFrom("processing", "ready", "rejected") }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("setVisibility"), visibility }) },
  { weight: 3, arbitrary: plain("look", "complete", "trash", "restore", "askDeleteUrl", "askCookies") },
  { weight: 4, arbitrary: plain("putInto", "takeBack", "takeOut") },
  plain("makeAlbum", "renameAlbum", "deleteAlbum"),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("appoint"), role }) },
  { weight: 2, arbitrary: plain("dismiss") },
  { weight: 3, arbitrary: plain("befriend", "part", "block", "unblock") },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("sharePhoto", "shareAlbum"), ...terms }) },
  plain("revoke"),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait"), minutes: fc.constantFrom(7, 20, 40) }) },
);

/** What happens in a world. */
export const wishes: fc.Arbitrary<Wish[]> = fc.array(
  fc.record({
    doing,
    by: fc.constantFrom<Wish["by"][]>("rightful", "rightful", "rightful", "another", "another", "anybody"),
    pick: fc.nat(99_999),
  }),
  { minLength: 5, maxLength: 25, size: "max" },
);

/**
 * The act of a wish. Most random acts would be about nothing, or not be anybody's to do, and tell nothing: so those are
 * looked for by which, as the model has it, something would change.
 */
export function fulfil({ doing, by, pick }: Wish, model: NaiveModel): Act {
  const ways = everyWay(about[doing.kind], model).map((parties): Act => ({ ...doing, ...parties }));
  const rightful = ways.filter((act) => rule(model, act)[1] !== undefined);
  const choice = by === "anybody" || rightful.length === 0 ? ways : rightful;
  const [act, rest] = [choice[pick % choice.length], Math.floor(pick / choice.length)];
  if (!act) throw new TypeError(`There is no way to ${doing.kind}`);
  if (by !== "another") return act;
  const people = about[doing.kind].filter((party) => party === "user" || party === "other");
  const [whom, lot] = [users[rest % users.length], Math.floor(rest / users.length)];
  const person = people[lot % people.length];
  return person && whom ? { ...act, [person]: whom } : act;
}

const nobody: Parties = { user: users[0], other: users[0], photo: 0, album: 0, link: 0 };

function everyWay(parties: readonly (keyof Parties)[], { photos, albums, links }: NaiveModel): Parties[] {
  // One more than there are: something may be done to nothing.
  const numbers = (made: readonly unknown[]) => [...made.keys(), made.length];
  const choices: Readonly<Record<keyof Parties, readonly (User | number)[]>> = {
    user: users,
    other: users,
    photo: numbers(photos),
    album: numbers(albums),
    link: numbers(links),
  };
  return parties.reduce(
    (ways, party) => ways.flatMap((way) => choices[party].map((one) => ({ ...way, [party]: one }))),
    [nobody],
  );
}

const pairs = users.flatMap((one, index) => users.slice(index + 1).map((other) => ({ one, other })));

/** A beginning as it would take random acts long to come by: an album, who is in it, a photo of everybody's, and who knows whom. */
export const village = fc
  .record({
    roles: fc.tuple(...users.slice(1).map(() => fc.option(role))),
    photos: fc.tuple(...users.map(() => fc.record({ visibility, progress, inside: fc.boolean() }))),
    knows: fc.tuple(...pairs.map(() => fc.constantFrom("friends", "strangers", "blocked", "asked"))),
  })
  .map(({ roles, photos, knows }): Act[] => [
    { kind: "makeAlbum", ...nobody },
    ...users.slice(1).flatMap((other, index): Act[] => {
      const given = roles[index];
      return given ? [{ kind: "appoint", role: given, ...nobody, other }] : [];
    }),
    ...photos.flatMap(({ inside, ...photo }, index): Act[] => {
      const user = users[index] ?? users[0];
      const reserve: Act = { kind: "reserve", ...photo, ...nobody, user };
      return inside ? [reserve, { kind: "putInto", ...nobody, user, photo: index }] : [reserve];
    }),
    ...pairs.flatMap(({ one, other }, index): Act[] => {
      const asks: Act = { kind: "befriend", ...nobody, user: one, other };
      const answers: Act = { kind: "befriend", ...nobody, user: other, other: one };
      const blocks: Act = { kind: "block", ...nobody, user: one, other };
      return { friends: [asks, answers], asked: [asks], blocked: [blocks], strangers: [] }[knows[index] ?? "strangers"];
    }),
  ]);

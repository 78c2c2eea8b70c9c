import fc from "fast-check";
import { type Role, users, type Visibility } from "./naive-model.ts";

const user = fc.constantFrom(...users);
const other = fc.integer({ min: 1, max: users.length - 1 });
const visibility = fc.constantFrom<Visibility>("private", "friends", "public");
const role = fc.constantFrom<Role>("viewer", "contributor", "manager");
/** A little beyond what there is: some acts are about nothing. */
const number = fc.nat(2);
const seldom = fc.nat(15).map((value) => value === 0);

const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("reserve"),
      user,
      visibility,
      ready: fc.constantFrom(true, true, true, false),
    }),
  },
  fc.record({ kind: fc.constant("setVisibility"), user, photo: number, visibility }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("putIntoAlbum"), user, photo: number, album: number }) },
  fc.record({ kind: fc.constantFrom("trash", "restore"), user, photo: number }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("makeAlbum"), user }) },
  fc.record({ kind: fc.constant("deleteAlbum"), user, album: number }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("appoint"), user, album: number, other, role }) },
  fc.record({ kind: fc.constant("dismiss"), user, album: number, other: fc.nat(users.length - 1) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("ask"), user, other }) },
  fc.record({ kind: fc.constantFrom("part", "block", "unblock"), user, other }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("share"),
      user,
      what: fc.constantFrom("photo", "album"),
      target: number,
      allowDownload: fc.boolean(),
      short: fc.boolean(),
      // A quarter of a second for each guess at one.
      password: seldom,
    }),
  },
  fc.record({ kind: fc.constant("revoke"), user, link: number }),
  fc.record({ kind: fc.constant("wait") }),
);
export type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** What happens in a world. */
export const acts = fc.array(act, { minLength: 10, maxLength: 40, size: "max" });

/** Half of the worlds begin as no random acts would in a reasonable time: with an album that is shared and not empty. */
const village: Act[] = [
  { kind: "makeAlbum", user: "ann" },
  { kind: "reserve", user: "ann", visibility: "private", ready: true },
  { kind: "putIntoAlbum", user: "ann", photo: 0, album: 0 },
  { kind: "appoint", user: "ann", album: 0, other: 1, role: "contributor" },
  { kind: "appoint", user: "ann", album: 0, other: 2, role: "viewer" },
];
export const beginning = fc.constantFrom<Act[]>([], village);

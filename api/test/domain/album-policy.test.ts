import { expect } from "chai";
import { type AlbumRole, albumRoles, memberRoles } from "../../domain/album.ts";
import { type AlbumAct, decideAlbum, decideAppoint, decideDismiss } from "../../domain/policy.ts";

type Rank = AlbumRole | undefined;
const ranks: readonly Rank[] = [undefined, ...albumRoles];

/** One letter for each rank that may: nobody `-`, then viewer, contributor, manager, owner. */
const letters = (may: (rank: Rank) => boolean) =>
  ranks.map((rank) => (may(rank) ? (rank ?? "nobody")[0] : "-")).join("");

describe("What each rank may do to an album", () => {
  const acts: [AlbumAct, string][] = [
    ["view", "-vcmo"],
    ["addOwnPhotos", "--cmo"],
    ["rename", "---mo"],
    ["appoint", "---mo"],
    ["takeOut", "---mo"],
    ["share", "---mo"],
    ["delete", "----o"],
  ];
  for (const [act, who] of acts) {
    it(`${act}: ${who}`, () => expect(letters((rank) => decideAlbum(rank, act).allow)).to.equal(who));
  }

  it("tells strangers from those whose rank is too low, for the log", () => {
    expect(decideAlbum(undefined, "view")).to.deep.equal({ allow: false, because: "not-member" });
    expect(decideAlbum("viewer", "rename")).to.deep.equal({ allow: false, because: "rank" });
  });
});

describe("Who may appoint", () => {
  /** By the role that the other has, then by the one to be given: viewer, contributor, manager. */
  const table: [held: Rank, given: readonly [string, string, string]][] = [
    [undefined, ["---mo", "---mo", "---mo"]],
    ["viewer", ["---mo", "---mo", "---mo"]],
    ["contributor", ["---mo", "---mo", "---mo"]],
    ["manager", ["----o", "----o", "----o"]],
    ["owner", ["-----", "-----", "-----"]],
  ];
  for (const [held, given] of table) {
    for (const [index, role] of memberRoles.entries()) {
      it(`${held ?? "a stranger"} to be ${role}: ${given[index]}`, () =>
        expect(letters((rank) => decideAppoint(rank, held, role).allow)).to.equal(given[index]));
    }
  }
});

describe("Who may end a membership", () => {
  const table: [held: AlbumRole, who: string][] = [
    ["viewer", "---mo"],
    ["contributor", "---mo"],
    ["manager", "----o"],
    ["owner", "-----"],
  ];
  for (const [held, who] of table) {
    it(`of another who is ${held}: ${who}`, () =>
      expect(letters((rank) => decideDismiss(rank, held, false).allow)).to.equal(who));
    it(`of their own, as ${held}: ${held === "owner" ? "never" : "always"}`, () =>
      expect(decideDismiss(held, held, true).allow).to.equal(held !== "owner"));
  }
});

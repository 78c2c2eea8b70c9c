import { expect } from "chai";
import type { AlbumRole } from "../../domain/album.ts";
import { albumRoles } from "../../domain/album.ts";
import { ask, block, type Friendship, mirrored, strangers } from "../../domain/friendship.ts";
import { type Photo, visibilities } from "../../domain/photo.ts";
import {
  type Decision,
  decideDownload,
  decideManage,
  decideTakeOut,
  decideView,
  type Relation,
  unrelated,
} from "../../domain/policy.ts";
import type { Viewer } from "../../domain/ports/sign-in.ts";
import type { ShareLink } from "../../domain/share-link.ts";
import { aPhoto, noon } from "../support/a-photo.ts";

const olga: Viewer = { userId: "olga", groups: [] };
const rita: Viewer = { userId: "rita", groups: [] };
const admin: Viewer = { userId: "ada", groups: ["admins"] };
const nobody = undefined;

const photoId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11";
const albumId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a22";
const later = new Date(noon.getTime() + 60_000);

const asked = ask(strangers);
const friends = ask(mirrored(asked));
const blockedByOlga = mirrored(block(mirrored(friends)));
const blockingOlga = block(friends);

const by = (friendship: Friendship): Relation => ({ friendship });
const member = (albumRole: AlbumRole, friendship = strangers): Relation => ({ friendship, albumRole });
const link = (overrides: Partial<ShareLink> = {}): Relation => ({
  ...unrelated,
  link: {
    id: "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a33",
    creatorId: "olga",
    target: { photoId },
    allowDownload: false,
    hasPassword: false,
    expiresAt: later,
    createdAt: noon,
    uses: 0,
    ...overrides,
  },
});

const photo = (overrides: Partial<Photo> = {}) => aPhoto({ id: photoId, albumId, status: "ready", ...overrides });

/** `+` is yes and `-` is no, for a photo that is private, for friends, and public. */
const whoMaySee: [viewer: string, Viewer | undefined, Relation, sees: string, downloads: string][] = [
  ["the owner", olga, unrelated, "+++", "+++"],
  ["a stranger", rita, unrelated, "--+", "---"],
  ["an administrator, who is a stranger", admin, unrelated, "--+", "---"],
  ["somebody who has asked", rita, by(asked), "--+", "---"],
  ["somebody who was asked", rita, by(mirrored(asked)), "--+", "---"],
  ["a friend", rita, by(friends), "-++", "---"],
  ["a friend who is blocked", rita, by(blockedByOlga), "--+", "---"],
  ["a friend who blocks", rita, by(blockingOlga), "--+", "---"],
  ["a viewer of its album", rita, member("viewer"), "+++", "+++"],
  ["a contributor to its album", rita, member("contributor"), "+++", "+++"],
  ["a manager of its album", rita, member("manager"), "+++", "+++"],
  ["the owner of its album", rita, member("owner"), "+++", "+++"],
  ["a member of its album who is blocked", rita, member("manager", blockedByOlga), "--+", "---"],
  ["a member of its album who blocks", rita, member("manager", blockingOlga), "--+", "---"],
  ["the holder of a link to it", rita, link(), "+++", "---"],
  ["the holder of a link that allows downloads", rita, link({ allowDownload: true }), "+++", "+++"],
  [
    "a blocked holder of a link, who could as well sign out",
    rita,
    { ...link(), friendship: blockedByOlga },
    "+++",
    "---",
  ],
  ["the holder of a link to its album", rita, link({ target: { albumId } }), "+++", "---"],
  ["the holder of a link to another photo", rita, link({ target: { photoId: albumId } }), "--+", "---"],
  ["the holder of a link to another album", rita, link({ target: { albumId: photoId } }), "--+", "---"],
  ["the holder of a link that has just expired", rita, link({ expiresAt: noon, allowDownload: true }), "--+", "---"],
  ["nobody", nobody, unrelated, "--+", "---"],
  ["nobody with a link", nobody, link(), "+++", "---"],
  ["nobody with a link that allows downloads", nobody, link({ allowDownload: true }), "+++", "+++"],
  ["nobody with an expired link", nobody, link({ expiresAt: noon }), "--+", "---"],
];

const answers = (decide: (photo: Photo) => Decision) =>
  visibilities.map((visibility) => (decide(photo({ visibility })).allow ? "+" : "-")).join("");

describe("Who may see a ready photo, private, for friends and public", () => {
  for (const [who, viewer, relation, sees, downloads] of whoMaySee) {
    it(`${who}: ${sees}, and download it: ${downloads}`, () => {
      expect(answers((each) => decideView(viewer, each, relation, noon))).to.equal(sees);
      expect(answers((each) => decideDownload(viewer, each, relation, noon))).to.equal(downloads);
    });
  }
});

describe("Who may see a photo that is not ready", () => {
  const hidden: [string, Partial<Photo>][] = [
    ["pending", { status: "pending" }],
    ["rejected", { status: "rejected" }],
    ["trashed", { trashedAt: noon }],
    ["trashed while it is processed", { status: "processing", trashedAt: noon }],
  ];
  for (const [state, overrides] of hidden) {
    it(`only the owner, of one that is ${state}`, () => {
      for (const [, viewer, relation] of whoMaySee) {
        const decision = decideView(viewer, photo({ ...overrides, visibility: "public" }), relation, noon);
        expect(decision.allow).to.equal(viewer === olga);
      }
    });
  }

  it("whoever will see it and is signed in, of one that is processing", () => {
    for (const [who, viewer, relation, sees] of whoMaySee) {
      const decide = (each: Photo) => decideView(viewer, { ...each, status: "processing" }, relation, noon);
      expect(answers(decide), who).to.equal(viewer ? sees : "---");
    }
  });
});

describe("What a right to see rests on", () => {
  const cases: [string, Viewer | undefined, Partial<Photo>, Relation, Decision][] = [
    ["owning it", olga, {}, unrelated, { allow: true, because: "owner" }],
    ["its being public", nobody, { visibility: "public" }, unrelated, { allow: true, because: "public" }],
    ["friendship", rita, { visibility: "friends" }, by(friends), { allow: true, because: "friend" }],
    ["membership", rita, {}, member("viewer"), { allow: true, because: "member" }],
    ["a link, until it expires", nobody, {}, link(), { allow: true, because: "link", until: later }],
    [
      "what lasts longer than the link",
      rita,
      { visibility: "friends" },
      { ...link(), friendship: friends },
      { allow: true, because: "friend" },
    ],
  ];
  for (const [title, viewer, overrides, relation, expected] of cases) {
    it(title, () => expect(decideView(viewer, photo(overrides), relation, noon)).to.deep.equal(expected));
  }

  it("is told when it is refused, for the log", () => {
    const refused = (viewer: Viewer | undefined, overrides: Partial<Photo>, relation: Relation) =>
      decideView(viewer, photo(overrides), relation, noon);
    expect(refused(rita, {}, unrelated)).to.deep.equal({ allow: false, because: "no-grant" });
    expect(refused(rita, {}, member("viewer", blockedByOlga))).to.deep.equal({ allow: false, because: "blocked" });
    expect(refused(rita, { trashedAt: noon }, unrelated)).to.deep.equal({ allow: false, because: "trashed" });
  });

  it("gives the original to the holder of a link no longer than the link", () => {
    const decision = decideDownload(nobody, photo({ visibility: "public" }), link({ allowDownload: true }), noon);
    expect(decision).to.deep.equal({ allow: true, because: "link", until: later });
  });
});

describe("Who may manage a photo", () => {
  it("the owner may", () => expect(decideManage(olga, photo())).to.deep.equal({ allow: true, because: "owner" }));
  it("another user may not, even a public one", () =>
    expect(decideManage(rita, photo({ visibility: "public" }))).to.deep.equal({ allow: false, because: "not-owner" }));
});

describe("Who may take a photo out of an album", () => {
  it("its owner, whatever they are in the album", () =>
    expect(decideTakeOut(olga, photo(), undefined).allow).to.equal(true));
  for (const role of albumRoles) {
    const may = role === "manager" || role === "owner";
    it(`${may ? "" : "not "}another user who is ${role}`, () =>
      expect(decideTakeOut(rita, photo(), role).allow).to.equal(may));
  }
});

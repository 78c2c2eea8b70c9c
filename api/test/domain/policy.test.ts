import { expect } from "chai";
import type { Photo } from "../../domain/photo.ts";
import { type Decision, decideDownload, decideManage, decideView } from "../../domain/policy.ts";
import type { Viewer } from "../../domain/ports/sign-in.ts";
import { aPhoto } from "../support/a-photo.ts";

const olga: Viewer = { userId: "olga", groups: [] };
const rita: Viewer = { userId: "rita", groups: [] };
const admin: Viewer = { userId: "ada", groups: ["admins"] };
const nobody = undefined;

const owner = { allow: true, because: "owner" } as const;
const shared = { allow: true, because: "public" } as const;
const denied = (because: Extract<Decision, { allow: false }>["because"]) => ({ allow: false, because }) as const;

describe("Who may see a photo", () => {
  const cases: [string, Viewer | undefined, Partial<Photo>, Decision][] = [
    ["the owner sees a private photo", olga, { status: "ready" }, owner],
    ["the owner sees a photo that is shared with friends", olga, { status: "ready", visibility: "friends" }, owner],
    ["the owner sees a public photo", olga, { status: "ready", visibility: "public" }, owner],
    ["the owner sees a pending photo", olga, { status: "pending" }, owner],
    ["the owner sees a rejected photo", olga, { status: "rejected" }, owner],
    ["the owner sees a trashed photo", olga, { status: "trashed" }, owner],
    ["another user does not see a private photo", rita, { status: "ready" }, denied("no-grant")],
    [
      "another user does not see what friends see",
      rita,
      { status: "ready", visibility: "friends" },
      denied("no-grant"),
    ],
    ["another user sees a public photo", rita, { status: "ready", visibility: "public" }, shared],
    [
      "another user sees that a public photo is on its way",
      rita,
      { status: "processing", visibility: "public" },
      shared,
    ],
    ["another user does not see a pending photo", rita, { status: "pending", visibility: "public" }, denied("pending")],
    [
      "another user does not see a rejected photo",
      rita,
      { status: "rejected", visibility: "public" },
      denied("rejected"),
    ],
    ["another user does not see a trashed photo", rita, { status: "trashed", visibility: "public" }, denied("trashed")],
    ["an administrator is another user", admin, { status: "ready" }, denied("no-grant")],
    ["nobody signed in sees a public photo", nobody, { status: "ready", visibility: "public" }, shared],
    ["nobody signed in does not see a private photo", nobody, { status: "ready" }, denied("no-grant")],
    [
      "nobody signed in does not see what friends see",
      nobody,
      { status: "ready", visibility: "friends" },
      denied("no-grant"),
    ],
    [
      "nobody signed in sees no photo on its way",
      nobody,
      { status: "processing", visibility: "public" },
      denied("processing"),
    ],
    ["nobody signed in sees no pending photo", nobody, { status: "pending", visibility: "public" }, denied("pending")],
  ];
  for (const [title, viewer, overrides, expected] of cases) {
    it(title, () => expect(decideView(viewer, aPhoto(overrides))).to.deep.equal(expected));
  }
});

describe("Who may have the original", () => {
  const ready = aPhoto({ status: "ready", visibility: "public" });
  it("the owner may", () => expect(decideDownload(olga, ready)).to.deep.equal(owner));
  it("another user may not, even of a public photo", () =>
    expect(decideDownload(rita, ready)).to.deep.equal(denied("no-grant")));
  it("nobody signed in may not", () => expect(decideDownload(nobody, ready)).to.deep.equal(denied("no-grant")));
});

describe("Who may manage a photo", () => {
  it("the owner may", () => expect(decideManage(olga, aPhoto())).to.deep.equal(owner));
  it("another user may not, even a public one", () =>
    expect(decideManage(rita, aPhoto({ visibility: "public" }))).to.deep.equal(denied("not-owner")));
});

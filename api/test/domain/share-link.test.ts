import { expect } from "chai";
import { isLive, leadsTo } from "../../domain/share-link.ts";
import { noon } from "../support/a-photo.ts";

const [one, other] = ["01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11", "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a22"];

describe("A share link", () => {
  it("is dead from the very moment of its expiry", () => {
    expect(isLive({ expiresAt: noon }, noon)).to.equal(false);
    expect(isLive({ expiresAt: noon }, new Date(noon.getTime() - 1))).to.equal(true);
  });

  it("leads to its photo, or to what is in its album now", () => {
    expect(leadsTo({ target: { photoId: one } }, { id: one })).to.equal(true);
    expect(leadsTo({ target: { photoId: one } }, { id: other, albumId: one })).to.equal(false);
    expect(leadsTo({ target: { albumId: one } }, { id: other, albumId: one })).to.equal(true);
    expect(leadsTo({ target: { albumId: one } }, { id: one })).to.equal(false);
  });
});

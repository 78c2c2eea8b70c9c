import { expect } from "chai";
import type { VerifiedToken } from "../../adapters/jwt-verifier.ts";
import { createTokenCache } from "../../adapters/token-cache.ts";
import { UnauthenticatedError } from "../../domain/errors.ts";

const start = new Date("2026-03-01T12:00:00Z");

describe("token cache", () => {
  let clock: Date;
  let verified: string[];
  beforeEach(() => {
    clock = start;
    verified = [];
  });

  /** Accepts what starts with "good", for a minute. */
  async function verify(token: string): Promise<VerifiedToken> {
    verified.push(token);
    await Promise.resolve();
    if (!token.startsWith("good")) throw new UnauthenticatedError("bad");
    return { viewer: { userId: token, groups: [] }, expiresAt: new Date(start.getTime() + 60_000) };
  }
  const newCache = (max?: number) => createTokenCache({ verify, now: () => clock, ...(max && { max }) });

  it("verifies a token once while it is good", async () => {
    const cache = newCache();
    const first = await cache.verify("good");
    clock = new Date(start.getTime() + 59_999);
    expect(await cache.verify("good")).to.equal(first);
    expect(verified).to.deep.equal(["good"]);
  });

  it("answers for a token that it knows at once, and not in a promise", async () => {
    const cache = newCache();
    expect(cache.verify("good")).to.be.instanceOf(Promise);
    const viewer = await cache.verify("good");
    expect(cache.verify("good")).to.equal(viewer);
  });

  it("verifies a token again once it has expired", async () => {
    const cache = newCache();
    await cache.verify("good");
    clock = new Date(start.getTime() + 60_000);
    await cache.verify("good");
    expect(verified).to.deep.equal(["good", "good"]);
  });

  it("tells tokens apart", async () => {
    const cache = newCache();
    expect((await cache.verify("good 1")).userId).to.equal("good 1");
    expect((await cache.verify("good 2")).userId).to.equal("good 2");
  });

  it("verifies once for requests that come together, the bad ones too", async () => {
    const cache = newCache();
    const outcomes = await Promise.allSettled(["good", "good", "bad", "bad"].map((token) => cache.verify(token)));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected", "rejected"]);
    expect(verified).to.deep.equal(["good", "bad"]);
  });

  it("keeps no bad token", async () => {
    const cache = newCache();
    for (let attempt = 0; attempt < 2; attempt++) {
      const [outcome] = await Promise.allSettled([cache.verify("bad")]);
      expect(outcome).to.have.property("reason").that.is.instanceOf(UnauthenticatedError);
    }
    expect(verified).to.deep.equal(["bad", "bad"]);
  });

  it("keeps no more tokens than it may, and forgets the least recently used", async () => {
    const cache = newCache(2);
    for (const token of ["good 1", "good 2", "good 1", "good 3", "good 1", "good 2"]) await cache.verify(token);
    expect(verified).to.deep.equal(["good 1", "good 2", "good 3", "good 2"]);
  });
});

import { expect } from "chai";
import { once, whenCalled } from "../compose/when-called.ts";

describe("An adapter that is there at its first call", () => {
  const counting = () => {
    let made = 0;
    const adapter = once(async () => {
      made += 1;
      if (made === 1) throw new Error("not yet");
      return { add: async (one: number, other: number) => one + other, number: async () => made };
    });
    return { adapter, made: () => made };
  };

  it("is not made before, and not twice by calls at the same time", async () => {
    const { adapter, made } = counting();
    const stand = whenCalled(adapter);
    expect(made()).to.equal(0);
    const failed = await Promise.allSettled([stand.number(), stand.add(1, 2)]);
    expect(failed.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(made()).to.equal(1);
  });

  it("is tried again by the call after one that failed, and then kept", async () => {
    const { adapter, made } = counting();
    const stand = whenCalled(adapter);
    await stand.number().catch(() => {});
    expect(await stand.add(1, 2)).to.equal(3);
    expect(await stand.number()).to.equal(2);
    expect(made()).to.equal(2);
  });
});

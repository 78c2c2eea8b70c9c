import { expect } from "chai";
import { compare } from "../absent/paired.ts";

describe("Two times that are compared", () => {
  /** Noise that is the same in each run, with a middle of 0. */
  const noise = (index: number) => Math.sin(index * 12.9898) * 0.2;
  const rounds = (longer: number) =>
    Array.from({ length: 500 }, (_, index) => ({
      absent: 1 + noise(index),
      alsoAbsent: 1 + noise(index + 0.3),
      forbidden: 1 + longer + noise(index + 0.7),
    }));

  it("are alike where nothing but noise is between them", () => {
    expect(compare(rounds(0)).alike).to.equal(true);
  });

  it("are not alike where one takes longer than noise explains", () => {
    const { alike, difference } = compare(rounds(0.4));
    expect(alike).to.equal(false);
    expect(difference).to.be.closeTo(0.4, 0.05);
  });
});

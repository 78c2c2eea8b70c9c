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
    const { alike, longer } = compare(rounds(0.4));
    expect(alike).to.equal(false);
    expect(longer[0]).to.be.within(0.3, 0.4);
    expect(longer[1]).to.be.within(0.4, 0.5);
  });

  it("are not alike where many rounds tell what a single one would not", () => {
    const few = compare(rounds(0.25).slice(0, 20));
    const many = compare(rounds(0.25));
    expect([few.alike, many.alike]).to.deep.equal([true, false]);
  });
});

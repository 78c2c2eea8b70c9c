import { expect } from "chai";
import { faster, isMet, lasting, measuredTable, targetsTable, within } from "../report.ts";

const ours = { name: "ours", microseconds: 4 };
const theirs = { name: "theirs", microseconds: 1000 };

describe("the report of a bench", () => {
  it("counts how many times faster we are, and asks for at least so many", () => {
    expect(faster("signing", ours, theirs, 250))
      .to.include({ measured: 250 })
      .and.satisfy(isMet);
    expect(faster("signing", ours, theirs, 251)).not.to.satisfy(isMet);
  });

  it("counts how many times the limit we take, and asks for at most so many", () => {
    const limit = { name: "limit", microseconds: 2 };
    expect(within("signing", ours, limit, 2))
      .to.include({ measured: 2 })
      .and.satisfy(isMet);
    expect(within("signing", ours, limit, 1.9)).not.to.satisfy(isMet);
  });

  it("counts the time that we take, and asks for at most so much", () => {
    expect(lasting("signing", ours, 4)).to.satisfy(isMet);
    expect(lasting("signing", ours, 3.9)).not.to.satisfy(isMet);
  });

  it("shows what was measured, column under column", () => {
    expect(measuredTable("Signing", [ours, theirs]).split("\n")).to.deep.equal([
      "Signing  µs each  per second",
      "───────  ───────  ──────────",
      "ours        4.00     250,000",
      "theirs      1000       1,000",
    ]);
  });

  it("shows each target beside what was measured, and says which one is missed", () => {
    const targets = [faster("signing", ours, theirs, 25), lasting("an album", ours, 3)];
    expect(targetsTable(targets).split("\n").slice(2)).to.deep.equal([
      "signing       250×   ≥ 25×     met",
      "an album   4.00 µs  ≤ 3 µs  MISSED",
    ]);
  });

  it("never rounds a target that was missed by a little up to one that was met", () => {
    const [, , row] = targetsTable([
      faster("signing", { name: "", microseconds: 1 }, { name: "", microseconds: 24.997 }, 25),
    ]).split("\n");
    expect(row).to.include("24.997×").and.include("MISSED");
  });
});

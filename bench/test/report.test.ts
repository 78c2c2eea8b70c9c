import { expect } from "chai";
import { conclusion, faster, lasting, measuredTable, targetsTable, verdict, within } from "../report.ts";

const ours = { name: "ours", microseconds: 4 };
const theirs = { name: "theirs", microseconds: 1000 };
const limit = { name: "limit", microseconds: 2 };

describe("the report of a bench", () => {
  it("counts how many times faster we are, and asks for at least so many", () => {
    const target = faster("signing", ours, theirs, 250, limit);
    expect(target).to.include({ measured: 250, ceiling: 500 });
    expect(verdict(target)).to.equal("met");
    expect(verdict({ ...target, wanted: 251 })).to.equal("MISSED");
  });

  it("counts how many times the limit we take, and asks for at most so many", () => {
    const target = within("signing", ours, limit, 2);
    expect(target).to.include({ measured: 2, ceiling: 1 });
    expect(verdict(target)).to.equal("met");
    expect(verdict({ ...target, wanted: 1.9 })).to.equal("MISSED");
  });

  it("counts the time that we take, and asks for at most so much", () => {
    const target = lasting("signing", ours, 4, limit);
    expect(target).to.include({ measured: 4, ceiling: 2 });
    expect(verdict(target)).to.equal("met");
    expect(verdict({ ...target, wanted: 3.9 })).to.equal("MISSED");
  });

  it("excuses a target only where the limit itself misses it", () => {
    expect(verdict(faster("signing", ours, theirs, 500, limit))).to.equal("MISSED");
    expect(verdict(faster("signing", ours, theirs, 501, limit))).to.equal("beyond the ceiling");
    expect(verdict(lasting("signing", ours, 2, limit))).to.equal("MISSED");
    expect(verdict(lasting("signing", ours, 1.9, limit))).to.equal("beyond the ceiling");
    expect(verdict(faster("signing", ours, theirs, 250, theirs))).to.equal("met");
  });

  it("concludes that not all is well as long as one target is missed that can be met", () => {
    const [met, missed, beyond] = [250, 251, 501] as const;
    const conclude = (...wanted: number[]) =>
      conclusion(wanted.map((times) => faster("signing", ours, theirs, times, limit)));
    expect(conclude(met, met)).to.equal("All targets are met.");
    expect(conclude(met, beyond)).to.equal("All targets are met that the limits themselves meet.");
    expect(conclude(beyond, missed)).to.match(/^Not all targets are met/);
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
    const targets = [faster("signing", ours, theirs, 25, limit), lasting("an album", ours, 3, limit)];
    expect(targetsTable(targets).split("\n").slice(2)).to.deep.equal([
      "signing       250×   ≥ 25×     500×     met",
      "an album   4.00 µs  ≤ 3 µs  2.00 µs  MISSED",
    ]);
  });

  it("never rounds a target that was missed by a little up to one that was met", () => {
    const [, , row] = targetsTable([
      faster("signing", { name: "", microseconds: 1 }, { name: "", microseconds: 24.997 }, 25, {
        name: "",
        microseconds: 0.5,
      }),
    ]).split("\n");
    expect(row).to.include("24.997×").and.include("MISSED");
  });
});

import { expect } from "chai";
import fc from "fast-check";
import { partCountOf, partLength, partSizeFor } from "../../domain/part-plan.ts";

const smallest = 5 * 1024 ** 2;
const largestPart = 5 * 1024 ** 3;

describe("The plan of an upload in parts", () => {
  it("keeps S3's limits and covers the bytes exactly, whatever their number", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 1024 ** 4 }), (size) => {
        const partSize = partSizeFor(size);
        const count = partCountOf(size, partSize);
        expect(partSize).to.be.within(smallest, largestPart);
        expect(count).to.be.within(1, 10_000);
        const last = partLength(size, partSize, count) ?? 0;
        expect(last).to.be.within(1, partSize);
        expect((count - 1) * partSize + last).to.equal(size);
        if (count > 1) expect(partLength(size, partSize, count - 1)).to.equal(partSize);
      }),
    ));

  for (const partNumber of [0, -1, 3, 1.5, Number.NaN]) {
    it(`has no part ${partNumber} of two`, () => {
      expect(partLength(smallest + 1, smallest, partNumber)).to.equal(undefined);
    });
  }
});

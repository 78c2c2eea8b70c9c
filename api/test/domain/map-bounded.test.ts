import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { mapBounded } from "../../domain/map-bounded.ts";

describe("A bounded map", () => {
  it("keeps the order and never has more tasks under way than its limit", async () => {
    let underWay = 0;
    let most = 0;
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const doubled = await mapBounded(numbers, 8, async (number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turns = 0; turns < number % 5; turns += 1) await turn();
      underWay -= 1;
      return number * 2;
    });
    expect(doubled).to.deep.equal(numbers.map((number) => number * 2));
    expect(most).to.equal(8);
  });

  it("begins no task after the first failure", async () => {
    const begun: number[] = [];
    const failure = await mapBounded([0, 1, 2, 3, 4, 5], 2, async (number) => {
      begun.push(number);
      await turn();
      if (number === 1) throw new Error("one is bad");
    }).catch((error: unknown) => error);
    await turn();
    expect(failure).to.be.instanceOf(Error).with.property("message", "one is bad");
    expect(begun).not.to.include(5);
  });

  it("maps nothing to nothing", async () => {
    expect(await mapBounded([], 4, async () => 1)).to.deep.equal([]);
  });
});

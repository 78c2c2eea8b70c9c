import { expect } from "chai";
import { rejection } from "../../local/test/support/rejection.ts";
import { unlessStalled } from "../stall.ts";

describe("A transfer that is watched for silence", () => {
  it("leaves no timer behind, and tells of no progress, when something moves after it was broken off", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const told: number[] = [];
    let moveLate = (_loaded: number) => {};
    const transfer = unlessStalled(
      60,
      { signal: undefined, onProgress: (loaded) => told.push(loaded) },
      async ({ onProgress }) => {
        moveLate = onProgress;
        onProgress(1);
        throw new TypeError("dropped");
      },
    );
    expect((await rejection(transfer, TypeError)).message).to.equal("dropped");
    const before = timers();
    moveLate(2);
    expect(told).to.deep.equal([1]);
    expect(timers()).to.equal(before);
  });
});

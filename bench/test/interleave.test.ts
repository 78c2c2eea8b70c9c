import { expect } from "chai";
import { interleave, type Subject } from "../interleave.ts";
import { isolated } from "../isolated.ts";

describe("interleaved measuring", () => {
  /** Takes what it is told in each round, the last one for ever. */
  function subject(name: string, rounds: readonly number[], log: string[] = []): Subject {
    let turn = 0;
    return {
      name,
      async round() {
        log.push(name);
        return rounds[Math.min(turn++, rounds.length - 1)] ?? 0;
      },
      close: () => void log.push(`${name} closed`),
    };
  }

  it("keeps the fastest round of each, without the one that warms up", async () => {
    const measured = await interleave({ a: subject("a", [1, 9, 5, 7]), b: subject("b", [20]) }, 0);
    expect(measured).to.deep.equal({ a: { name: "a", microseconds: 5 }, b: { name: "b", microseconds: 20 } });
  });

  it("takes turns, and closes the subjects at the end", async () => {
    const log: string[] = [];
    await interleave({ a: subject("a", [1], log), b: subject("b", [1], log) }, 0);
    expect(log).to.deep.equal(["a", "b", "a", "b", "a", "b", "a", "b", "a closed", "b closed"]);
  });

  it("closes the subjects when one fails", async () => {
    const log: string[] = [];
    const failing: Subject = { name: "failing", round: () => Promise.reject(new Error("out of order")) };
    const error: unknown = await interleave({ a: subject("a", [1], log), failing }, 0).catch((error) => error);
    expect(error).to.have.property("message", "out of order");
    expect(log).to.include("a closed");
  });
});

describe("a subject in a process of its own", () => {
  const module = import.meta.resolve("./operations.ts");

  it("says how long doing it once takes, divided by how many things that is", async () => {
    const [call, thing] = await Promise.all([
      isolated("spin", module, "spin", { parameters: ["200"] }),
      isolated("spin", module, "spin", { parameters: ["200"], per: 1000 }),
    ]);
    const measured = await interleave({ call, thing }, 0);
    expect(measured.call.microseconds).to.be.above(measured.thing.microseconds);
  });

  it("is refused when the module has no such operation", async () => {
    const error: unknown = await isolated("absent", module, "absent").catch((error) => error);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes("absent: its process ended");
  });
});

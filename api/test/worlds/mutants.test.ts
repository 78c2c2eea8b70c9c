import { expect } from "chai";
import { mutants, mutate } from "./mutants.ts";

describe("The wrong rules that the random worlds are held against", () => {
  for (const [title, mutation] of Object.entries(mutants)) {
    it(`can still be written: ${title}`, () => {
      expect(mutate(mutation).source).to.include(mutation.mutated);
    });
  }
});

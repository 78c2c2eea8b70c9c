import { expect } from "chai";
import { readAnswer } from "../components/made-secret.ts";

describe("The answer of a function that makes what a secret holds", () => {
  const read = (result: string) => readAnswer(result, "value", "The function that makes it answered without a value");

  it("is read for the text that was asked for", () => {
    expect(read('{"value": "made", "other": 1}')).to.equal("made");
  });

  for (const result of ["{}", '{"value": 1}', "null", '"value"', "[]"]) {
    it(`is refused when it is ${result}, with where to look`, () => {
      expect(() => read(result)).to.throw("The function that makes it answered without a value; look into its log");
    });
  }
});

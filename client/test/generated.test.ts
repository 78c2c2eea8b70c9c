import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { type Generated, generate, generatedPaths } from "../../scripts/openapi.ts";

describe("What is generated from the routes", () => {
  let generated: Generated;
  before(async () => {
    generated = await generate();
  });

  for (const path of generatedPaths) {
    it(`is what ${path} holds`, async () => {
      const text = await readFile(new URL(`../../${path}`, import.meta.url), "utf8").catch(() => "");
      // Compared as a whole, because a difference of thousands of lines tells nobody anything.
      expect(text === generated[path], `${path} is stale: run \`npm run openapi\`, and commit what it writes`).to.equal(
        true,
      );
    });
  }

  it("is the same each time", async () => {
    expect(await generate()).to.deep.equal(generated);
  });
});

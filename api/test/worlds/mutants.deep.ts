import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Mutation, mutants } from "./mutants.ts";

/** As long as the worlds give themselves. */
const longestMs = 300_000;

describe("As many random worlds as CI looks at tell the rules from wrong ones", function () {
  this.timeout(longestMs + 10_000);

  for (const [title, mutation] of Object.entries(mutants)) {
    it(`and find that ${title}`, async () => {
      // By an answer that is not the model's: a crash, or an API too busy, would be no find.
      expect(await lookFor(mutation)).to.match(/AssertionError: (?!.*expected 5\d\d )/);
    });
  }
});

/** What the worlds say against a mutant, undefined if nothing; rejects where they did not come to be. */
function lookFor(mutation: Mutation): Promise<string | undefined> {
  const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const args = ["--import", here("mutate.ts"), mocha, "--no-config", "--reporter", "json", "-g", " of \\d+$"];
  // The very worlds that CI looks at, however many others this run is to look at.
  const { NODE_V8_COVERAGE, LATCHKEY_WORLDS, LATCHKEY_SEED, LATCHKEY_PATH, ...env } = process.env;
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  execFile(
    process.execPath,
    [...args, here("worlds.test.ts")],
    { env: { ...env, LATCHKEY_MUTATION: JSON.stringify(mutation) }, timeout: longestMs },
    (_error, stdout, stderr) => {
      try {
        const { tests, failures } = JSON.parse(stdout.slice(stdout.indexOf("{")));
        if (tests.length !== 1) throw new Error(`${tests.length} tests were run, not one`);
        resolve(failures[0]?.err.message);
      } catch (cause) {
        reject(new Error(`No worlds for ${JSON.stringify(mutation)}: ${stderr}`, { cause }));
      }
    },
  );
  return promise;
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { controlsPath, describeControls } from "../../scripts/controls.ts";
import { costsPath, describeCosts } from "../../scripts/costs.ts";
import { describePermissions, permissionsPath } from "../../scripts/permissions.ts";
import { root } from "./support/declared.ts";

describe("A page that is written by a script", () => {
  const pages = [
    ["who may do what", permissionsPath, "permissions", () => describePermissions()],
    ["what a stack is held to", controlsPath, "controls", async () => describeControls()],
    ["what it costs", costsPath, "costs", async () => describeCosts()],
  ] as const;
  for (const [what, path, script, describePage] of pages) {
    it(`says ${what} as the script does now`, async () => {
      const page = await readFile(join(root, path), "utf8").catch(() => "");
      const told = `${path} is stale: run \`npm run ${script}\`, and commit what it writes`;
      expect(page === (await describePage()), told).to.equal(true);
    });
  }
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { resourcesOf } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import { controlsPath, describeControls } from "../../scripts/controls.ts";
import { costsPath, describeCosts } from "../../scripts/costs.ts";
import { describePermissions, permissionsPath } from "../../scripts/permissions.ts";
import type { PolicyDocument } from "../policies/document.ts";
import { declare, json, root } from "./support/declared.ts";

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

for (const stack of await stacksOf(root)) {
  describe(`The roles of the stack ${stack}`, () => {
    it("are allowed no action as a whole family, and nothing on everything that could be named", async () => {
      const recording = await declare(stack);
      const statements = ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"]
        .flatMap((type) => resourcesOf(recording, type))
        .flatMap((policy) => (json(policy, "policy") as PolicyDocument).Statement)
        .filter(({ Effect }) => Effect === "Allow");
      const families = statements.filter(({ Action }) => [Action].flat().some((action) => action.includes("*")));
      const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes("*"));
      expect(statements).not.to.have.length(0);
      expect(families).to.deep.equal([]);
      // X-Ray's actions know no resources, nor do those of CloudFront's public keys and key groups.
      expect(new Set(everywhere.map(({ Sid }) => Sid))).to.have.all.keys(
        ...["Traces", "WriteTraces", "SigningKeys", "TellCloudFront"],
      );
    });
  });
}

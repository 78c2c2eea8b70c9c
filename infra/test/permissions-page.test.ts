import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { resourcesOf } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import { describePermissions, permissionsPath } from "../../scripts/permissions.ts";
import type { PolicyDocument } from "../policies/document.ts";
import { declare, json, root } from "./support/declared.ts";

describe("The page of who may do what", () => {
  it("is what the program declares", async () => {
    const page = await readFile(join(root, permissionsPath), "utf8").catch(() => "");
    const told = `${permissionsPath} is stale: run \`npm run permissions\`, and commit what it writes`;
    expect(page === (await describePermissions()), told).to.equal(true);
  });
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
      // X-Ray's actions know no resources.
      expect(new Set(everywhere.map(({ Sid }) => Sid))).to.have.all.keys("Traces", "WriteTraces");
    });
  });
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { asShell } from "../shell.ts";
import { walkthrough } from "../walkthrough.ts";
import { recordedClient, recordedPool } from "./support/identity-fixture.ts";
import { recordingOf } from "./support/recorded.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

/** As `latchkey:mfa: required` declares it. */
function requireApps(resource: RecordedResource): RecordedResource {
  if (resource.type !== "aws:cognito/userPool:UserPool") return resource;
  const mfa = { mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true } };
  return { ...resource, inputs: { ...resource.inputs, ...mfa } };
}

const same = (resource: RecordedResource) => resource;

const stacks: [title: string, stack: string, edit: (resource: RecordedResource) => RecordedResource, how: string][] = [
  ["at the hosted page of prod, which takes no passwords at its API", "prod", same, "at the hosted page"],
  ["at the hosted page of prod with a code, once it requires one", "prod", requireApps, "npm run -s totp"],
  ["at the API of dev with a code, once it requires one", "dev", requireApps, "SOFTWARE_TOKEN_MFA"],
];

for (const [title, stack, edit, how] of stacks) {
  describe(`the walk-through of a stack signs in ${title}`, () => {
    let cloud: TestCloud;
    before(async () => {
      cloud = await startTestCloud({ stack, edit });
    });
    after(() => cloud.stop());

    it("and takes a photo in and out", async () => {
      const steps = walkthrough(cloud);
      expect(asShell(steps)).to.include(how);
      const { stdout } = await promisify(execFile)("sh", ["-c", asShell(steps)], { timeout: 40_000 });
      expect(stdout.split("\n").map((line) => line.trim().toLowerCase())).to.include.members([
        "uploaded",
        "status: 'ready',",
        "x-cache: hit from cloudfront",
        "deleted",
      ]);
    });
  });
}

describe("the walk-through of a stack that takes neither passwords nor has a hosted page", () => {
  it("is none, for SRP takes an SDK", () => {
    const recording = recordingOf(
      recordedPool("eu-central-1_Srp", {}),
      recordedClient("srp", { userPoolId: "eu-central-1_Srp", explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"] }),
    );
    const users = [{ userPoolId: "eu-central-1_Srp", username: "olga", password: "Olgas.password-1" }];
    const [api, identity] = ["http://127.0.0.1:4000", "http://127.0.0.1:4003"];
    const cloud = { api, identity, clientId: "srp", userPoolId: "eu-central-1_Srp", recording, users };
    expect(walkthrough(cloud)).to.deep.equal([]);
  });
});

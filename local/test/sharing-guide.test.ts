import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

const guide = new URL("../../docs/sharing.md", import.meta.url);
const root = new URL("../../", import.meta.url);

/** All that the guide prints in blocks of one language. */
async function blocks(language: string): Promise<string> {
  const text = await readFile(guide, "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block).join("");
}

describe("The guide to sharing", () => {
  let cloud: TestCloud;
  before(async () => {
    cloud = await startTestCloud();
  });
  after(() => cloud.stop());

  it("is a session whose commands run as printed, and answer what is printed below them", async () => {
    const { api, identity, clientId, users } = cloud;
    const local = join(cloud.dataDir, "guide.json");
    await writeFile(local, JSON.stringify({ api, identity, clientId, users }));
    const { stdout } = await promisify(execFile)("sh", ["-eu", "-c", await blocks("sh")], {
      cwd: root,
      env: { ...process.env, LOCAL: local },
      timeout: 50_000,
    });
    expect(stdout).to.equal(await blocks("text"));
  });
});

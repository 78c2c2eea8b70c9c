import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { asShell } from "../shell.ts";
import { samplePhoto, walkthrough } from "../walkthrough.ts";
import { App, takeJourney } from "./support/journey.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

for (const lambda of [false, true]) {
  describe(`the local cloud from end to end, its API ${lambda ? "a function behind its edge" : "a process"}`, () => {
    let cloud: TestCloud;
    before(async () => {
      cloud = await startTestCloud({ lambda });
    });
    after(() => cloud.stop());

    it("takes a photo in and gives it out, to its owner and to nobody else, until it is deleted", () =>
      takeJourney(cloud));

    it("runs the walk-through as npm start prints it", async () => {
      const { stdout } = await promisify(execFile)("sh", ["-c", asShell(walkthrough(cloud))], { timeout: 30_000 });
      expect(stdout.split("\n").map((line) => line.trim().toLowerCase())).to.include.members([
        "uploaded",
        "status: 'ready',",
        "x-cache: miss from cloudfront",
        "x-cache: hit from cloudfront",
        "deleted",
        "photo not found",
      ]);
      expect(stdout.match(/403 Forbidden/g), "without the signature, and after deletion").to.have.length(2);
    });

    it("keeps no signature, token or key in its log", async () => {
      const olga = await App.signIn(cloud, "olga");
      const id = await olga.upload(await readFile(samplePhoto), "image/jpeg");
      const { urls = {} } = await olga.settled(id);
      await fetch(urls["320"] ?? "");
      expect(cloud.lines, "the API's and the worker's lines").to.not.have.length(0);
      const secret = /Signature=|X-Amz-Security-Token|eyJ[\w-]+\.|PRIVATE KEY/i;
      expect(cloud.lines.filter((line) => secret.test(line))).to.deep.equal([]);
    });
  });
}

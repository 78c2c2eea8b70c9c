import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { samplePhoto } from "../walkthrough.ts";
import { App } from "./support/journey.ts";
import { rejection } from "./support/rejection.ts";
import { startTestCloud } from "./support/test-cloud.ts";

describe("the local cloud at its start", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it("still has its photos, its users and the key that signed their URLs", async () => {
    const first = await startTestCloud({ dataDir });
    const olga = await App.signIn(first, "olga");
    const id = await olga.upload(await readFile(samplePhoto), "image/jpeg");
    await olga.settled(id);
    await first.stop();

    const second = await startTestCloud({ dataDir });
    try {
      expect(second.users).to.deep.equal(first.users);
      expect(second.admin.accessKeyId).to.equal(first.admin.accessKeyId);
      const { photo, urls = {} } = await (await App.signIn(second, "olga")).photo(id);
      expect(photo.status).to.equal("ready");
      expect((await fetch(urls["640"] ?? "")).status).to.equal(200);
    } finally {
      await second.stop();
    }
  });

  it("says so when a port is in use, and leaves nothing running", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => squatter.once("listening", resolve));
    const { port } = squatter.address() as AddressInfo;
    // The first port is the API's, which opens last: all the rest has to be taken down again.
    const error = await rejection(startTestCloud({ dataDir, port }));
    squatter.close();
    expect(error.message).to.match(new RegExp(`port ${port}.* in use.*--port`, "is"));
    await (await startTestCloud({ dataDir })).stop();
  });

  it("refuses a data folder that another local cloud is using", async () => {
    const first = await startTestCloud({ dataDir });
    const error = await rejection(startTestCloud({ dataDir }));
    await first.stop();
    expect(error.message).to.match(/in use.*--data/s);
  });

  for (const file of ["format", "s3/s3.sqlite", "identity/identity.sqlite", "queues/queues.sqlite"]) {
    it(`says what to do when ${file} of the data folder is damaged`, async () => {
      await (await startTestCloud({ dataDir })).stop();
      await writeFile(join(dataDir, file), "this is no database, it is a sentence\n".repeat(40), { flag: "r+" });
      const error = await rejection(startTestCloud({ dataDir }));
      expect(error.message)
        .to.include(dataDir)
        .and.to.match(/move|remove|--data/);
    });
  }

  it("says what to do when a file lies where a service keeps its folder", async () => {
    await (await startTestCloud({ dataDir })).stop();
    await rm(join(dataDir, "edge"), { recursive: true });
    await writeFile(join(dataDir, "edge"), "");
    const error = await rejection(startTestCloud({ dataDir }));
    expect(error.message)
      .to.include(join(dataDir, "edge"))
      .and.to.match(/move.*--data/);
  });

  it("names the stacks that there are when it is asked for another", async () => {
    const error = await rejection(startTestCloud({ dataDir, stack: "moon" }));
    expect(error.message).to.match(/"moon".*dev/s);
  });
});

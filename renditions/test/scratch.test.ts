import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { emptyScratch, scratchFolder } from "../scratch.ts";

describe("the room for uploads", () => {
  const before = process.env.TMPDIR;
  let tmp: string;
  beforeEach(async () => {
    tmp = await mkdtemp(join(tmpdir(), "latchkey-scratch-"));
    process.env.TMPDIR = tmp;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(tmp, { recursive: true });
  });

  it("is free again when its scope ends, by an error too", async () => {
    let path = "";
    const failing = async () => {
      await using folder = await scratchFolder();
      path = folder.path;
      await writeFile(join(path, "source"), "bytes");
      throw new Error("The upload is bad");
    };
    expect(await failing().catch(() => existsSync(path))).to.equal(false);
  });

  it("is free again at the next start when an invocation was ended in the middle", async () => {
    const { path } = await scratchFolder();
    await writeFile(join(path, "source"), "bytes");
    await writeFile(join(tmp, "not-ours"), "");
    emptyScratch();
    expect([existsSync(path), existsSync(join(tmp, "not-ours"))]).to.deep.equal([false, true]);
  });
});

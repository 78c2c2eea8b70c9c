import { execFile } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import sharp from "sharp";
import { bundle } from "../../infra/bundle.ts";
import { rejection } from "../../local/test/support/rejection.ts";
import { decodeHeic } from "../decode-heic.ts";
import { heic } from "./support/photos.ts";

const nodeModules = join(import.meta.dirname, "../../node_modules");
const options = { icc: undefined, maxPixels: 1_000_000 };

describe("the decoder of HEIC", () => {
  let folder: string;
  let source: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "latchkey-heic-"));
    source = join(folder, "source");
    await writeFile(source, await heic.bytes());
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("writes the pixels upright", async () => {
    const { width, height } = heic;
    expect(await sharp(await decodeHeic(source, options)).metadata()).to.include({ width, height, format: "tiff" });
  });

  const refused: [string, () => Promise<string>][] = [
    ["takes longer than it may", () => decodeHeic(source, options, 1)],
    ["has more pixels than it may", () => decodeHeic(source, { ...options, maxPixels: 1000 })],
    [
      "is larger than any photo",
      async () => {
        await truncate(source, 128 * 1024 ** 2 + 1);
        return decodeHeic(source, options);
      },
    ],
  ];
  for (const [what, decoding] of refused) {
    it(`turns away what ${what}`, async () => {
      expect(await rejection(decoding())).to.include({ reason: "undecodable" });
    });
  }

  it("finds its thread beside the function's bundle, and libheif in a layer", async () => {
    const archive = bundle("renditions/decode-heic.ts", {
      beside: ["renditions/heic-thread.ts"],
      external: ["sharp", "libheif-js"],
    });
    for (const [name, asset] of Object.entries(await archive.assets)) {
      if (asset instanceof pulumi.asset.StringAsset) await writeFile(join(folder, name), await asset.text);
    }
    const script = 'require("./index.cjs").decodeHeic("source", { maxPixels: 1_000_000 }).then(console.log)';
    const environment = { cwd: folder, env: { NODE_PATH: nodeModules } };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], environment);
    expect(stdout.trim()).to.equal("source.tiff");
  });
});

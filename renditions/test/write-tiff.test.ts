import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { writeTiff } from "../write-tiff.ts";
import { displayP3Jpeg } from "./support/photos.ts";

describe("a TIFF of pixels", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "latchkey-tiff-"));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [width, height] of [
    [1, 1],
    [5, 3],
    [7, 64],
    [3, 65],
    [2, 129],
  ] as const) {
    for (const channels of [3, 4] as const) {
      it(`holds ${width} × ${height} pixels of ${channels} channels to the byte, and their profile`, async () => {
        const { icc } = await sharp(await displayP3Jpeg.bytes()).metadata();
        const data = Buffer.from(Array.from({ length: width * height * channels }, (_, at) => (at * 37) % 256));
        const file = join(folder, `${width}-${height}-${channels}.tiff`);
        writeTiff(file, { data, width, height, channels, icc });
        const read = await sharp(file, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
        expect(read.info).to.include({ width, height, channels });
        expect(read.data.equals(data)).to.equal(true);
        expect((await sharp(file).metadata()).icc?.equals(icc ?? Buffer.alloc(0))).to.equal(true);
      });
    }
  }
});

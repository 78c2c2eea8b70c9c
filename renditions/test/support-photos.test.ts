import { expect } from "chai";
import readExif from "exif-reader";
import sharp from "sharp";
import { detectMediaType } from "../media-type.ts";
import { badUploads, polyglot } from "./support/bad-uploads.ts";
import {
  adobeRgb,
  animatedGif,
  baselineJpegs,
  chelsea,
  cmykJpeg,
  displayP3Jpeg,
  fiftyMegapixels,
  goodPhotos,
  pngWithAlpha,
  progressiveJpegs,
  twelveMegapixels,
} from "./support/photos.ts";
import { decode, fromPixels, meanDifference } from "./support/pixels.ts";

describe("the photographs for the tests", () => {
  it("begin with one that has a place, a time and a camera to lose", async () => {
    const bytes = await chelsea.bytes();
    expect(bytes.length).to.be.below(100_000);
    const { exif = Buffer.alloc(0) } = await sharp(bytes).metadata();
    const { Image, Photo, GPSInfo } = readExif(exif);
    expect(Image).to.include({ Make: "Latchkey", Model: "Test Camera" });
    expect(Photo).to.include({ BodySerialNumber: "LK-000042", OffsetTimeOriginal: "+01:00" });
    expect(GPSInfo).to.deep.include({ GPSLatitudeRef: "N", GPSLatitude: [51, 28, 40.12] });
  });

  for (const photo of goodPhotos) {
    it(`${photo.name} is of its type and size, and looks like the original`, async () => {
      const bytes = await photo.bytes();
      expect(detectMediaType(bytes)).to.equal(photo.contentType);
      const { width, height } = await decode(bytes);
      expect({ width, height }).to.deep.equal({ width: photo.width, height: photo.height });
      // Paper holds fewer colours.
      expect(await meanDifference(bytes, await photo.looksLike())).to.be.below(photo === cmykJpeg ? 10 : 2);
    });
  }

  for (const [kind, isProgressive, photos] of [
    ["baseline", false, baselineJpegs],
    ["progressive", true, progressiveJpegs],
  ] as const) {
    it(`have ${kind} JPEGs of every orientation, wrong for whoever does not turn them`, async () => {
      for (const [index, photo] of photos.entries()) {
        const bytes = await photo.bytes();
        const metadata = await sharp(bytes).metadata();
        expect(metadata).to.include({ orientation: index + 1, isProgressive });
        const asStored = await sharp(bytes).png().toBuffer();
        const difference = await meanDifference(asStored, await chelsea.bytes());
        if (index === 0) expect(difference).to.be.below(2);
        else expect(difference, photo.name).to.be.above(30);
      }
    });
  }

  for (const photo of [displayP3Jpeg, adobeRgb]) {
    it(`have ${photo.name}, wrong for whoever ignores its profile`, async () => {
      const bytes = await photo.bytes();
      const ignored = await sharp(bytes, { ignoreIcc: true }).png().toBuffer();
      const [right, wrong] = [
        await meanDifference(bytes, await chelsea.bytes()),
        await meanDifference(ignored, await chelsea.bytes()),
      ];
      expect(right).to.be.below(2);
      expect(wrong).to.be.above(3);
    });
  }

  it("have a CMYK JPEG, an animation of three frames and a PNG that is clear around the middle", async () => {
    expect(await sharp(await cmykJpeg.bytes()).metadata()).to.include({ space: "cmyk", channels: 4 });
    expect(await sharp(await animatedGif.bytes(), { animated: true }).metadata()).to.include({ pages: 3 });
    const { data, info } = await sharp(await pngWithAlpha.bytes())
      .raw()
      .toBuffer({ resolveWithObject: true });
    const alphaAt = (x: number, y: number) => data[(y * info.width + x) * 4 + 3];
    expect([alphaAt(0, 0), alphaAt(225, 150)]).to.deep.equal([0, 255]);
  });

  for (const [photo, megapixels] of [
    [twelveMegapixels, 12],
    [fiftyMegapixels, 50],
  ] as const) {
    it(`have one of ${megapixels} megapixels, stored as by a phone held upright`, async () => {
      const bytes = await photo.bytes();
      const { width = 0, height = 0, orientation } = await sharp(bytes).metadata();
      expect(Math.round((width * height) / 1e6)).to.equal(megapixels);
      expect([height, width, orientation]).to.deep.equal([photo.width, photo.height, 6]);
      expect(await meanDifference(bytes, await chelsea.bytes())).to.be.below(2);
    });
  }

  it("are told apart by meanDifference, which a mirror image or a negative does not pass", async () => {
    const original = await chelsea.bytes();
    const pixels = await decode(original);
    expect(await meanDifference(original, original)).to.equal(0);
    expect(await meanDifference(await fromPixels(pixels).flop().png().toBuffer(), original)).to.be.above(30);
    expect(await meanDifference(await fromPixels(pixels).negate().png().toBuffer(), original)).to.be.above(30);
  });

  const faults: Readonly<Record<string, (bytes: Buffer, contentType: string) => Promise<void>>> = {
    empty: async (bytes) => {
      expect(bytes.length).to.equal(0);
    },
    "type-mismatch": async (bytes, contentType) => {
      expect(detectMediaType(bytes)).not.to.equal(contentType);
    },
    undecodable: async (bytes, contentType) => {
      expect(detectMediaType(bytes)).to.equal(contentType);
      const decoding = sharp(bytes, { failOn: "error" }).raw().toBuffer();
      expect(await decoding.catch((error: unknown) => error)).to.be.instanceOf(Error);
    },
    "too-many-pixels": async (bytes) => {
      const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
      expect(width * height).to.equal(900_000_000);
      expect(bytes.length).to.be.below(200_000);
    },
  };
  for (const { name, reason, contentType, bytes } of badUploads) {
    it(`have ${name}, which is bad for the reason ${reason}`, async () => {
      expect(faults).to.have.property(reason);
      await faults[reason]?.(await bytes(), contentType);
    });
  }

  it("have one that is a page with a script as well", async () => {
    const bytes = await polyglot.bytes();
    expect(bytes.toString("latin1").split(polyglot.payload)).to.have.length(3);
    expect(detectMediaType(bytes)).to.equal("image/jpeg");
    expect(await meanDifference(bytes, await chelsea.bytes())).to.equal(0);
  });
});

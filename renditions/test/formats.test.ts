import { expect } from "chai";
import sharp from "sharp";
import { photoKeys, renditionFormats, renditionNames } from "../../api/domain/photo.ts";
import { chelsea, pngWithAlpha } from "./support/photos.ts";
import { meanDifference } from "./support/pixels.ts";
import { startTestPlatform, type TestPlatform } from "./support/test-platform.ts";

describe("a stack that asks for AVIF and JPEG", () => {
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform({ LATCHKEY_RENDITION_FORMATS: "avif,jpg" });
  });
  after(() => platform.close());

  const types = {
    webp: ["webp", "image/webp"],
    avif: ["heif", "image/avif"],
    jpg: ["jpeg", "image/jpeg"],
  } as const;

  for (const photo of [chelsea, pngWithAlpha]) {
    it(`has every rendition in all of them, alike and without metadata: ${photo.name}`, async () => {
      const { id } = await platform.upload(await photo.bytes(), { contentType: photo.contentType });
      await platform.drain();
      expect((await platform.photos.find(id))?.formats).to.deep.equal(["avif", "jpg"]);
      for (const format of renditionFormats) {
        const [encoding, contentType] = types[format];
        for (const name of renditionNames) {
          const { bytes, headers } = await platform.get(photoKeys.rendition(id, name, format));
          expect(headers).to.include({ ContentType: contentType, CacheControl: "max-age=31536000, immutable" });
          const seen = await sharp(bytes).metadata();
          expect(seen.format).to.equal(encoding);
          expect(seen).not.to.have.any.keys("exif", "xmp", "iptc", "icc", "orientation");
          expect(Math.max(seen.width, seen.height)).to.equal(Math.min(Number(name), photo.width));
          expect(await meanDifference(bytes, await photo.looksLike())).to.be.below(4);
        }
      }
    });
  }

  it("takes all of them away with the original, and the copies at the edges", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.drain();
    const keys = await platform.keys(photo);
    expect(keys).to.have.length(renditionNames.length * renditionFormats.length + 1);
    await platform.remove(photoKeys.original(photo.id));
    await platform.drain();
    expect(await platform.keys(photo)).to.deep.equal([]);
    expect(platform.invalidations.at(-1)?.paths).to.deep.equal([`#photo-${photo.id}`]);
  });
});

import { ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { badUploads, polyglot } from "../../renditions/test/support/bad-uploads.ts";
import { chelsea, fiftyMegapixels, goodPhotos, heic, twelveMegapixels } from "../../renditions/test/support/photos.ts";
import { meanDifference } from "../../renditions/test/support/pixels.ts";
import { App, eventually } from "./support/journey.ts";
import { s3ClientOf, startTestCloud, type TestCloud } from "./support/test-cloud.ts";

/** How far a rendition may be from the source to the eye, of 255; turned or mirrored it is over 30. */
const likeness = 3.5;
/** Without a printer's colour management the four inks can't come out closer. */
const likenessOfInks = 10;

const edges = { "320": 320, "640": 640, "1280": 1280, "2048": 2048 };

describe("photographs through the whole platform", () => {
  let cloud: TestCloud;
  let olga: App;
  before(async () => {
    cloud = await startTestCloud();
    olga = await App.signIn(cloud, "olga");
  });
  after(() => cloud.stop());

  async function view(url: string | undefined): Promise<Buffer> {
    const response = await fetch(url ?? "");
    expect(response.status).to.equal(200);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Every version of every object whose key names the photo. */
  async function remains(id: string): Promise<string[]> {
    const { Versions = [], DeleteMarkers = [] } = await s3ClientOf(cloud).send(
      new ListObjectVersionsCommand({ Bucket: cloud.bucket }),
    );
    return [...Versions, ...DeleteMarkers].flatMap(({ Key }) => (Key?.includes(id) ? [Key] : []));
  }

  for (const photo of [...goodPhotos, heic, twelveMegapixels, fiftyMegapixels]) {
    it(`shows ${photo.name} upright and right in colour, at every size and never larger`, async () => {
      const id = await olga.upload(await photo.bytes(), photo.contentType);
      const { photo: settled, urls = {} } = await olga.settled(id, 60_000);
      expect(settled.status, settled.reason).to.equal("ready");
      expect([settled.width, settled.height]).to.deep.equal([photo.width, photo.height]);

      for (const [name, edge] of Object.entries(edges)) {
        const { format, width, height, exif, orientation } = await sharp(await view(urls[name])).metadata();
        expect(format).to.equal("webp");
        expect(Math.max(width, height)).to.equal(Math.min(edge, Math.max(photo.width, photo.height)));
        expect({ exif, orientation }, "no metadata is left").to.deep.equal({ exif: undefined, orientation: undefined });
      }
      const difference = await meanDifference(await view(urls["640"]), await photo.looksLike());
      expect(difference).to.be.below(photo.name.includes("cmyk") ? likenessOfInks : likeness);
      expect(await view(urls.original), "the original, untouched").to.deep.equal(await photo.bytes());
      await eventually("the quarantine is empty", 5000, async () =>
        (await remains(id)).some((key) => key.startsWith("uploads/")) ? undefined : true,
      );
    });
  }

  const used = async () => (await olga.ask<{ used: object }>("GET", "/v1/me")).used;

  async function expectRejected(upload: () => Promise<string>, reason: string): Promise<void> {
    const usedBefore = await used();
    const id = await upload();
    const { photo, urls } = await olga.settled(id, 60_000);
    expect(photo).to.include({ status: "rejected", reason });
    expect(urls).to.deep.equal({});
    await eventually("no version of any object is left", 5000, async () =>
      (await remains(id)).length === 0 ? true : undefined,
    );
    expect(await used(), "the quota is free again").to.deep.equal(usedBefore);
  }

  it("has a browser run nothing of a photo that is a page as well", async () => {
    const { urls = {} } = await olga.settled(await olga.upload(await polyglot.bytes(), polyglot.contentType));
    for (const [name, type] of [
      ["2048", "image/webp"],
      ["original", "image/jpeg"],
    ] as const) {
      const { headers } = await fetch(urls[name] ?? "");
      expect(headers.get("content-type")).to.equal(type);
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("content-security-policy")).to.equal("default-src 'none'; sandbox");
    }
    expect((await fetch(urls.original ?? "")).headers.get("content-disposition")).to.equal("attachment");
  });

  for (const bad of badUploads.filter(({ reason }) => reason !== "empty")) {
    it(`rejects ${bad.name} with its reason and leaves nothing behind`, async () => {
      await expectRejected(async () => olga.upload(await bad.bytes(), bad.contentType), bad.reason);
    });
  }

  // The presigned URL pins length and hash, so S3 itself refuses these. The worker must not rely on that.
  const smuggled: readonly { what: string; reason: string; bytes: (photo: Buffer) => Buffer }[] = [
    { what: "no bytes", reason: "empty", bytes: () => Buffer.alloc(0) },
    { what: "bytes of another length", reason: "size-mismatch", bytes: (photo) => photo.subarray(1) },
    {
      what: "bytes of another hash",
      reason: "hash-mismatch",
      bytes: (photo) => Buffer.from(photo).fill(0, photo.length - 1),
    },
  ];
  for (const { what, reason, bytes } of smuggled) {
    it(`rejects ${what} that came into the quarantine past the presigned URL`, async () => {
      const photo = await chelsea.bytes();
      await expectRejected(async () => {
        const { id, ownerId } = (await olga.reserve(photo, "image/jpeg")).photo;
        const Key = `uploads/${ownerId}/${id}`;
        await s3ClientOf(cloud).send(
          new PutObjectCommand({ Bucket: cloud.bucket, Key, Body: bytes(photo), IfNoneMatch: "*" }),
        );
        return id;
      }, reason);
    });
  }
});

import { expect } from "chai";
import sharp from "sharp";
import { type Photo, photoKeys, renditionNames } from "../../api/domain/photo.ts";
import { badUploads, polyglot, trapped } from "./support/bad-uploads.ts";
import { chelsea, cmykJpeg, fiftyMegapixels, goodPhotos, heic, twelveMegapixels } from "./support/photos.ts";
import { meanDifference } from "./support/pixels.ts";
import { keysOf, sha256, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";
import { phoneMov, phoneMp4, videos } from "./support/videos.ts";

describe("an upload", () => {
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform();
  });
  after(() => platform.close());

  const process = async (bytes: Buffer, overrides: Partial<Photo> = {}) => {
    const photo = await platform.upload(bytes, overrides);
    await platform.drain();
    return photo;
  };

  for (const photo of [...goodPhotos, heic, twelveMegapixels, fiftyMegapixels]) {
    it(`becomes a photo that is upright and right in colour: ${photo.name}`, async () => {
      const bytes = await photo.bytes();
      const uploaded = await process(bytes, { contentType: photo.contentType, sha256: sha256(bytes) });

      const { status, width, height } = (await platform.photos.find(uploaded.id)) ?? {};
      expect({ status, width, height }).to.deep.equal({ status: "ready", width: photo.width, height: photo.height });
      expect(await platform.keys(uploaded)).to.have.members(keysOf(uploaded));
      for (const name of renditionNames) {
        const { bytes: rendition } = await platform.get(photoKeys.rendition(uploaded.id, name));
        const seen = await sharp(rendition).metadata();
        expect(seen).to.include({ format: "webp" }).and.not.have.any.keys("exif", "xmp", "iptc", "icc", "orientation");
        const longest = Math.min(Number(name), Math.max(photo.width, photo.height));
        expect(Math.max(seen.width, seen.height)).to.equal(longest);
        expect(seen.width / seen.height).to.be.closeTo(photo.width / photo.height, 0.01);
        // Paper holds fewer colours.
        expect(await meanDifference(rendition, await photo.looksLike())).to.be.below(photo === cmykJpeg ? 10 : 3);
      }
    });
  }

  it("becomes a photo from a HEIC that was announced as a HEIF", async () => {
    const { id } = await process(await heic.bytes(), { contentType: "image/heif" });
    expect(await platform.photos.find(id)).to.include({ status: "ready", width: heic.width, height: heic.height });
  });

  for (const { name, contentType, key, secrets, bytes } of videos) {
    it(`of a video is played as it is, but for what it says about its owner, and kept to the byte: ${name}`, async () => {
      const video = await bytes();
      const uploaded = await process(video, { contentType, sha256: sha256(video) });
      expect((await platform.photos.find(uploaded.id))?.status).to.equal("ready");
      expect(await platform.keys(uploaded)).to.have.members([
        `media/${uploaded.id}/${key}`,
        `originals/${uploaded.id}`,
      ]);
      const played = await platform.get(`media/${uploaded.id}/${key}`);
      expect(played.headers).to.include({ ContentType: contentType, ContentLength: video.length });
      expect(played.headers.CacheControl).to.equal("max-age=31536000, immutable");
      for (const secret of secrets) {
        expect(video.includes(secret)).to.equal(true);
        expect(played.bytes.includes(secret)).to.equal(false);
      }
      expect((await platform.get(photoKeys.original(uploaded.id))).bytes.equals(video)).to.equal(true);
    });
  }

  it("is kept to the byte as a download under its own name, with all its metadata", async () => {
    const bytes = await chelsea.bytes();
    const uploaded = await process(bytes, { filename: 'Olga\'s "cat" (1).jpg' });
    const original = await platform.get(photoKeys.original(uploaded.id));
    expect(original.bytes.equals(bytes)).to.equal(true);
    expect(original.headers).to.include({
      ContentType: "image/jpeg",
      ContentDisposition: "attachment; filename*=UTF-8''Olga%27s%20%22cat%22%20%281%29.jpg",
      CacheControl: "max-age=31536000, immutable",
    });
  });

  it("gives renditions that any cache may keep, and the time at which it was taken", async () => {
    const uploaded = await process(await chelsea.bytes());
    const { headers } = await platform.get(photoKeys.rendition(uploaded.id, "640"));
    expect(headers).to.include({ ContentType: "image/webp", CacheControl: "max-age=31536000, immutable" });
    const { takenAt } = (await platform.photos.find(uploaded.id)) ?? {};
    expect(takenAt).to.deep.equal(new Date("2024-05-17T14:03:21+01:00"));
  });

  it("leaves nothing in the quarantine, not even under a delete marker", async () => {
    const uploaded = await process(await chelsea.bytes());
    expect(await platform.versions(photoKeys.upload(uploaded))).to.deep.equal([]);
  });

  it("is told to whoever subscribed", async () => {
    const uploaded = await process(await chelsea.bytes());
    expect(await platform.notices()).to.deep.include({ photoId: uploaded.id, status: "ready" });
  });

  it("that is a page as well keeps its script in the original alone", async () => {
    const uploaded = await process(await polyglot.bytes());
    for (const name of renditionNames) {
      const { bytes } = await platform.get(photoKeys.rendition(uploaded.id, name));
      expect(bytes.includes(polyglot.payload)).to.equal(false);
    }
  });

  for (const { name, contentType, bytes, looksLike } of trapped) {
    it(`with a trap in it is kept as it came, and shown without: ${name}`, async () => {
      const uploaded = await process(await bytes(), { contentType });
      expect((await platform.photos.find(uploaded.id))?.status).to.equal("ready");
      for (const name of renditionNames) {
        const rendition = await platform.get(photoKeys.rendition(uploaded.id, name));
        expect(rendition.bytes.length).to.be.below(50_000);
        expect(await sharp(rendition.bytes).metadata()).not.to.have.any.keys("exif", "xmp", "iptc", "icc", "comments");
        expect(await meanDifference(rendition.bytes, await looksLike())).to.be.below(3);
      }
      expect((await platform.get(photoKeys.original(uploaded.id))).bytes.equals(await bytes())).to.equal(true);
    });
  }

  const announced: [string, () => Promise<[Buffer, Partial<Photo>]>, string][] = [
    ...badUploads.map(({ name, contentType, bytes, reason }): (typeof announced)[number] => [
      `that is no photo (${name})`,
      async () => [await bytes(), { contentType }],
      reason,
    ]),
    [
      "that is longer than announced",
      async () => [await chelsea.bytes(), { size: (await chelsea.bytes()).length - 1 }],
      "size-mismatch",
    ],
    [
      "that is longer than the most that was reserved for it",
      async () => [await chelsea.bytes(), { size: (await chelsea.bytes()).length - 1, unsized: true }],
      "size-mismatch",
    ],
    [
      "with another hash",
      async () => [await chelsea.bytes(), { sha256: sha256(Buffer.from("other")) }],
      "hash-mismatch",
    ],
    [
      "of a HEIC that was cut off",
      async () => [(await heic.bytes()).subarray(0, -1000), { contentType: "image/heic" }],
      "undecodable",
    ],
    [
      "of a HEIC that is said to be an AVIF",
      async () => [await heic.bytes(), { contentType: "image/avif" }],
      "type-mismatch",
    ],
    [
      "of a film that is said to be a photo",
      async () => [await phoneMp4.bytes(), { contentType: "image/heic" }],
      "type-mismatch",
    ],
    [
      "of a phone's film in another's container",
      async () => [await phoneMov.bytes(), { contentType: "video/mp4" }],
      "type-mismatch",
    ],
    ...videos.map(({ name, contentType, bytes }): (typeof announced)[number] => [
      `of a video that was cut off (${name})`,
      async () => [(await bytes()).subarray(0, -100), { contentType }],
      "undecodable",
    ]),
  ];
  for (const [title, prepare, reason] of announced) {
    it(`${title} is rejected as ${reason}, and nothing of it is left`, async () => {
      const [bytes, overrides] = await prepare();
      const uploaded = await process(bytes, overrides);
      const { status, reason: why } = (await platform.photos.find(uploaded.id)) ?? {};
      expect({ status, why }).to.deep.equal({ status: "rejected", why: reason });
      expect(await platform.keys(uploaded)).to.deep.equal([]);
      expect(await platform.versions(photoKeys.upload(uploaded))).to.deep.equal([]);
      expect(await platform.notices()).to.deep.include({ photoId: uploaded.id, status: "rejected", reason });
    });
  }

  it("whose size could not be announced is as long as it is found to be, and takes no more of the quota", async () => {
    const bytes = await chelsea.bytes();
    const { id } = await process(bytes, { size: bytes.length + 1000, unsized: true });
    const photo = await platform.photos.find(id);
    expect(photo).to.include({ status: "ready", size: bytes.length });
    expect(photo).not.to.have.property("unsized");
  });

  it("that nobody reserved is removed", async () => {
    const uploaded = { id: crypto.randomUUID(), ownerId: "olga" };
    await platform.put(photoKeys.upload(uploaded), await chelsea.bytes());
    await platform.drain();
    expect(await platform.keys(uploaded)).to.deep.equal([]);
  });

  it("whose reservation has lapsed is removed", async () => {
    const bytes = await chelsea.bytes();
    const uploaded = await platform.upload(bytes, {}, new Date(Date.now() - 1000));
    await platform.drain();
    expect(await platform.photos.find(uploaded.id)).to.equal(undefined);
    expect(await platform.keys(uploaded)).to.deep.equal([]);
  });

  it("under a key of no form that the platform gives is removed", async () => {
    await platform.put("uploads/olga/holiday photos/1+1=2.jpg", await chelsea.bytes());
    await platform.drain();
    expect(await platform.versions("uploads/olga/holiday")).to.deep.equal([]);
  });

  it("among another user's, in the name of a photo of olga's, does not touch that photo", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    const waiting = platform.takeMessages();
    await platform.put(photoKeys.upload({ id: photo.id, ownerId: "mallory" }), await polyglot.bytes());
    await platform.drain();
    expect((await platform.photos.find(photo.id))?.status).to.equal("pending");
    expect(await platform.keys(photo)).to.deep.equal([photoKeys.upload(photo)]);
    await platform.handler(waiting);
    expect((await platform.photos.find(photo.id))?.status).to.equal("ready");
  });
});

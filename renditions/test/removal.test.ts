import { expect } from "chai";
import { photoKeys } from "../../api/domain/photo.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { chelsea } from "./support/photos.ts";
import { keysOf, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";
import { phoneMov } from "./support/videos.ts";

describe("the removal of an original", () => {
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform();
  });
  after(() => platform.close());

  it("takes the photo, its renditions and the copies at the edges with it, however often it is said", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.drain();
    await platform.remove(photoKeys.original(photo.id));
    const removal = platform.takeMessages();
    await platform.handler(removal);
    await platform.handler(removal);

    expect(await platform.photos.find(photo.id)).to.equal(undefined);
    expect(await platform.keys(photo)).to.deep.equal([]);
    const [first, again] = platform.invalidations.filter(({ reference }) => reference.startsWith(photo.id));
    const paths = keysOf(photo).map((key) => `/${key}`);
    expect(first?.paths).to.deep.equal(paths);
    // By then nobody knows any more what the photo came in.
    expect(again?.paths).to.include.members(paths);
  });

  it("takes a video with it as well", async () => {
    const photo = await platform.upload(await phoneMov.bytes(), { contentType: phoneMov.contentType });
    await platform.drain();
    const keys = [`media/${photo.id}/${phoneMov.key}`, photoKeys.original(photo.id)];
    expect(await platform.keys(photo)).to.have.members(keys);
    await platform.remove(photoKeys.original(photo.id));
    await platform.drain();
    expect(await platform.keys(photo)).to.deep.equal([]);
    const [removal] = platform.invalidations.filter(({ reference }) => reference.startsWith(photo.id));
    expect(removal?.paths).to.deep.equal(keys.map((key) => `/${key}`));
  });

  it("does not set off another one", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.drain();
    await platform.remove(photoKeys.original(photo.id));
    await platform.handler(platform.takeMessages());
    expect(platform.takeMessages().Records).to.deep.equal([]);
  });

  it("leaves other photos alone", async () => {
    const kept = await platform.upload(await chelsea.bytes());
    const removed = await platform.upload(await chelsea.bytes());
    await platform.drain();
    await platform.remove(photoKeys.original(removed.id));
    await platform.drain();
    expect((await platform.photos.find(kept.id))?.status).to.equal("ready");
    expect(await platform.keys(kept)).to.have.length(5);
  });

  it("of something else under the prefix removes nothing", async () => {
    await platform.put("originals/notes.txt", Buffer.from("hello"));
    await platform.remove("originals/notes.txt");
    const before = platform.invalidations.length;
    await platform.drain();
    expect(platform.invalidations).to.have.length(before);
  });
});

describe("the removal of an upload by its owner", () => {
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform();
  });
  after(() => platform.close());

  it("takes a photo with it that waits for its bytes, and those that still come", async () => {
    const bytes = await chelsea.bytes();
    const photo = aPhoto({ size: bytes.length });
    await platform.photos.reserve([photo], noQuota);
    await platform.remove(photoKeys.upload(photo));
    await platform.drain();
    expect(await platform.photos.find(photo.id)).to.equal(undefined);

    await platform.put(photoKeys.upload(photo), bytes);
    await platform.drain();
    expect(await platform.keys(photo)).to.deep.equal([]);
  });

  it("takes a photo with it that was made of the upload meanwhile", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.drain();
    await platform.remove(photoKeys.upload(photo));
    await platform.drain();
    expect(await platform.photos.find(photo.id)).to.equal(undefined);
    expect(await platform.keys(photo)).to.deep.equal([]);
  });

  it("takes no photo of somebody else with it", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.drain();
    await platform.remove(photoKeys.upload({ id: photo.id, ownerId: "mallory" }));
    await platform.drain();
    expect((await platform.photos.find(photo.id))?.status).to.equal("ready");
  });
});

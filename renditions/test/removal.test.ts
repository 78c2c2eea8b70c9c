import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { photoKeys } from "../../api/domain/photo.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { chelsea } from "./support/photos.ts";
import { bucket, sqsEvent, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";
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
    const tag = `#photo-${photo.id}`;
    expect(platform.invalidations.filter(({ paths }) => paths.includes(tag))).to.have.length(1);
  });

  it("leaves no marker where nothing was", async () => {
    const photo = aPhoto();
    await platform.photos.reserve([photo], noQuota);
    await platform.remove(photoKeys.original(photo.id));
    await platform.drain();
    const { DeleteMarkers = [] } = await platform.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: photoKeys.renditions(photo.id) }),
    );
    expect(DeleteMarkers).to.deep.equal([]);
  });

  it("together with others' takes one invalidation for all of them, and one more when that fails", async () => {
    const photos = [];
    for (let count = 0; count < 3; count += 1) photos.push(await platform.upload(await chelsea.bytes()));
    await platform.drain();
    for (const { id } of photos) await platform.remove(photoKeys.original(id));
    const removals = platform.takeMessages();
    const before = platform.invalidations.length;

    platform.failInvalidations(true);
    const { batchItemFailures } = await platform.handler(removals);
    platform.failInvalidations(false);
    expect(batchItemFailures).to.have.length(3);
    await platform.handler(removals);
    const [made, ...more] = platform.invalidations.slice(before);
    expect(made?.paths).to.have.members(photos.map(({ id }) => `#photo-${id}`));
    expect(more).to.deep.equal([]);
  });

  it("is not held up by a neighbour that fails", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.drain();
    await platform.remove(photoKeys.original(photo.id));
    const garbage = sqsEvent("not JSON");
    const { Records } = platform.takeMessages();
    const { batchItemFailures } = await platform.handler({ Records: [...garbage.Records, ...Records] });
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).to.deep.equal(
      garbage.Records.map(({ messageId }) => messageId),
    );
    expect(platform.invalidations.at(-1)?.paths).to.deep.equal([`#photo-${photo.id}`]);
  });

  it("takes a video with it as well", async () => {
    const photo = await platform.upload(await phoneMov.bytes(), { contentType: phoneMov.contentType });
    await platform.drain();
    const keys = [`media/${photo.id}/${phoneMov.key}`, photoKeys.original(photo.id)];
    expect(await platform.keys(photo)).to.have.members(keys);
    await platform.remove(photoKeys.original(photo.id));
    await platform.drain();
    expect(await platform.keys(photo)).to.deep.equal([]);
    expect(platform.invalidations.at(-1)?.paths).to.deep.equal([`#photo-${photo.id}`]);
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

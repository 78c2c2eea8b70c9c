import { ListObjectVersionsCommand, PutObjectTaggingCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { scanTag } from "../scan.ts";
import { chelsea } from "./support/photos.ts";
import { bucket, keysOf, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";

describe("an upload, where a scanner looks for malware,", () => {
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform({ LATCHKEY_SCANNED: "true" });
  });
  after(() => platform.close());

  /** As GuardDuty does, or any scanner that may: to the version that it has looked at. */
  async function tag(photo: Photo, value: string): Promise<void> {
    const Key = photoKeys.upload(photo);
    const versions = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: Key });
    const [version] = (await platform.clients.s3.send(versions)).Versions ?? [];
    const Tagging = { TagSet: [{ Key: scanTag, Value: value }] };
    await platform.clients.s3.send(
      new PutObjectTaggingCommand({ Bucket: bucket, Key, VersionId: version?.VersionId, Tagging }),
    );
  }

  const statusOf = async ({ id }: Photo) => {
    const { status, reason } = (await platform.photos.find(id)) ?? {};
    return reason === undefined ? status : `${status}: ${reason}`;
  };

  it("waits for the scan, unpublished, without a word of failure", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    const event = platform.takeMessages();
    const { batchItemFailures } = await platform.handler(event);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).to.deep.equal(
      event.Records.map(({ messageId }) => messageId),
    );
    expect(await statusOf(photo)).to.equal("processing");
    expect(await platform.keys(photo)).to.deep.equal([photoKeys.upload(photo)]);
    expect(platform.logged.filter((line) => line.includes(photo.id)).join()).to.not.include('"level":"error"');

    await tag(photo, "NO_THREATS_FOUND");
    expect(await platform.handler(event)).to.deep.equal({ batchItemFailures: [] });
    expect(await statusOf(photo)).to.equal("ready");
  });

  it("is published as soon as it is found clean, without the scanner's tag", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.handler(platform.takeMessages());
    await tag(photo, "NO_THREATS_FOUND");
    await platform.drain();
    expect(await statusOf(photo)).to.equal("ready");
    expect(await platform.keys(photo)).to.have.members(keysOf(photo));
    const original = await platform.get(photoKeys.original(photo.id));
    expect(original.headers.TagCount).to.equal(undefined);
  });

  const turnedAway: [value: string, reason: string][] = [
    ["THREATS_FOUND", "malware"],
    ["UNSUPPORTED", "unscannable"],
  ];
  for (const [value, reason] of turnedAway) {
    it(`that is found ${value} is rejected as ${reason}, and nothing of it is left`, async () => {
      const photo = await platform.upload(await chelsea.bytes());
      await tag(photo, value);
      await platform.drain();
      expect(await statusOf(photo)).to.equal(`rejected: ${reason}`);
      expect(await platform.keys(photo)).to.deep.equal([]);
      expect(await platform.versions(photoKeys.upload(photo))).to.deep.equal([]);
      expect(await platform.notices()).to.deep.include({ photoId: photo.id, status: "rejected", reason });
    });
  }

  for (const value of ["FAILED", "ACCESS_DENIED", "constructor"]) {
    it(`that the scanner could not judge (${value}) is tried again, and goes no further`, async () => {
      const photo = await platform.upload(await chelsea.bytes());
      platform.takeMessages();
      await tag(photo, value);
      const { batchItemFailures } = await platform.handler(platform.takeMessages());
      expect(batchItemFailures).to.have.length(1);
      expect(platform.logged.join("\n")).to.include(`${scanTag} is ${value}`);
      expect(await statusOf(photo)).to.equal("processing");
      expect(await platform.keys(photo)).to.deep.equal([photoKeys.upload(photo)]);
    });
  }

  it("of nothing is rejected without a scan", async () => {
    const photo = await platform.upload(Buffer.alloc(0), { size: 1 });
    await platform.drain();
    expect(await statusOf(photo)).to.equal("rejected: empty");
  });

  it("is judged by the tag of the bytes that are published, not by that of others before them", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await tag(photo, "NO_THREATS_FOUND");
    await platform.put(photoKeys.upload(photo), await chelsea.bytes());
    const { batchItemFailures } = await platform.handler(platform.takeMessages());
    expect(batchItemFailures).to.have.length(3);
    expect(await statusOf(photo)).to.equal("processing");
  });
});

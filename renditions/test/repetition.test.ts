import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { createHandleBatch, type SqsEvent } from "../handle-batch.ts";
import type { Notice } from "../ports.ts";
import { createProcessUpload, type ProcessUploadOptions } from "../process-upload.ts";
import { createS3ObjectStore } from "../s3-object-store.ts";
import { noScan } from "../scan.ts";
import { badUploads } from "./support/bad-uploads.ts";
import { chelsea } from "./support/photos.ts";
import { bucket, keysOf, sqsEvent, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";

type Call = readonly [port: "photos" | "objects" | "announce", method: string, nth?: number];

/** A photo changes twice on its way. */
const beginning: Call = ["photos", "change", 1];
const settling: Call = ["photos", "change", 2];

describe("an upload's event that comes more than once", () => {
  const bad = badUploads.find(({ reason }) => reason === "undecodable") ?? expect.fail("no upload is undecodable");
  let platform: TestPlatform;
  let objects: ReturnType<typeof createS3ObjectStore>;
  before(async () => {
    platform = await startTestPlatform();
    objects = createS3ObjectStore({ client: new S3Client(), bucket });
  });
  after(() => platform.close());

  async function expectReady(photo: Photo): Promise<void> {
    expect((await platform.photos.find(photo.id))?.status).to.equal("ready");
    expect(await platform.keys(photo)).to.have.members(keysOf(photo));
    expect((await platform.get(photoKeys.original(photo.id))).bytes.equals(await chelsea.bytes())).to.equal(true);
    expect(await platform.versions(photoKeys.upload(photo))).to.deep.equal([]);
  }

  async function expectRejected(photo: Photo): Promise<void> {
    const { status, reason } = (await platform.photos.find(photo.id)) ?? {};
    expect({ status, reason }).to.deep.equal({ status: "rejected", reason: bad.reason });
    expect(await platform.keys(photo)).to.deep.equal([]);
    expect(await platform.versions(photoKeys.upload(photo))).to.deep.equal([]);
  }

  async function expectGone(photo: Photo): Promise<void> {
    expect(await platform.photos.find(photo.id)).to.equal(undefined);
    expect(await platform.keys(photo)).to.deep.equal([]);
  }

  /** The worker with something done `before` or `after` the first call of one method, such as failing there. */
  function interrupted([port, method, nth = 1]: Call, when: "before" | "after", interruption: () => Promise<void>) {
    let calls = 0;
    let pending = true;
    const interrupt = async (at: "before" | "after", call: number) => {
      if (!pending || call !== nth || at !== when) return;
      pending = false;
      await interruption();
    };
    const wrap = <T extends object>(name: Call[0], target: T): T =>
      new Proxy(target, {
        get(_, property) {
          const original: unknown = Reflect.get(target, property);
          if (name !== port || property !== method || typeof original !== "function") return original;
          return async (...parameters: unknown[]) => {
            calls += 1;
            const call = calls;
            await interrupt("before", call);
            const result: unknown = await original(...parameters);
            await interrupt("after", call);
            return result;
          };
        },
      });
    const notices: Notice[] = [];
    const outside = wrap("announce", { announce: async (notice: Notice) => void notices.push(notice) });
    const options: ProcessUploadOptions = {
      photos: wrap("photos", platform.photos),
      objects: wrap("objects", objects),
      scan: noScan,
      announce: (notice) => outside.announce(notice),
      rendering: { maxPixels: 1_000_000, formats: [] },
      now: () => new Date(),
    };
    const removePhoto = (): Promise<undefined> => Promise.reject(new Error("This worker only takes uploads"));
    const handler = createHandleBatch({
      processUpload: createProcessUpload(options),
      removePhoto,
      forgetAtEdges: async () => {},
      postpone: async () => {},
      log: () => {},
    });
    return { handler, notices };
  }

  const failure = async () => {
    throw new Error("The network is down");
  };

  const steps: Call[] = [
    ["photos", "find"],
    beginning,
    ["objects", "open"],
    ["objects", "putRendition"],
    ["objects", "keepOriginal"],
    ["objects", "remove"],
    settling,
    ["announce", "announce"],
  ];
  for (const step of steps) {
    for (const when of ["before", "after"] as const) {
      it(`ends in the same photo when an attempt fails ${when} ${named(step)}`, async () => {
        const photo = await platform.upload(await chelsea.bytes());
        const event = platform.takeMessages();
        const { handler, notices } = interrupted(step, when, failure);
        const [{ messageId } = { messageId: "" }] = event.Records;
        expect(await handler(event)).to.deep.equal({ batchItemFailures: [{ itemIdentifier: messageId }] });
        expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
        await expectReady(photo);
        expect(notices).to.deep.include({ photoId: photo.id, status: "ready" });
      });
    }
  }

  it("changes nothing once it is done", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    const event = platform.takeMessages();
    await platform.handler(event);
    expect(await platform.handler(event)).to.deep.equal({ batchItemFailures: [] });
    await expectReady(photo);
  });

  it("ends in one photo when two workers take it at the same time", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    const event = platform.takeMessages();
    await Promise.all([platform.handler(event), platform.handler(event)]);
    await platform.handler(event);
    await expectReady(photo);
  });

  it("does not bring back a photo that has been deleted since", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    const event = platform.takeMessages();
    await platform.handler(event);
    await platform.remove(photoKeys.original(photo.id));
    await platform.drain();
    await platform.handler(event);
    await platform.drain();
    await expectGone(photo);
  });

  for (const step of [settling, ["objects", "remove"], ["announce", "announce"]] satisfies Call[]) {
    for (const when of ["before", "after"] as const) {
      it(`says why a bad upload was rejected when an attempt fails ${when} ${named(step)}`, async () => {
        const photo = await platform.upload(await bad.bytes(), { contentType: bad.contentType });
        const event = platform.takeMessages();
        const { handler, notices } = interrupted(step, when, failure);
        expect((await handler(event)).batchItemFailures).to.have.length(1);
        expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
        await platform.drain();
        await expectRejected(photo);
        expect(notices).to.deep.include({ photoId: photo.id, status: "rejected", reason: bad.reason });
      });
    }
  }

  for (const step of [beginning, ["objects", "open"]] satisfies Call[]) {
    it(`does not undo what another worker settles after ${named(step)}`, async () => {
      const photo = await platform.upload(await bad.bytes(), { contentType: bad.contentType });
      const event = platform.takeMessages();
      const { handler } = interrupted(step, "after", async () => {
        expect(await platform.handler(event)).to.deep.equal({ batchItemFailures: [] });
      });
      expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
      await platform.drain();
      await expectRejected(photo);
    });
  }

  it("holds the quarantine shut until the photo is settled, so that no second upload gets in between", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    let statusWhenEmptied: string | undefined;
    const { handler } = interrupted(["objects", "remove"], "before", async () => {
      statusWhenEmptied = (await platform.photos.find(photo.id))?.status;
    });
    await handler(platform.takeMessages());
    expect(statusWhenEmptied).to.equal("ready");
    await expectReady(photo);
  });

  type Order = [title: string, deliver: (created: SqsEvent, removed: SqsEvent) => Promise<unknown>];
  const orders: Order[] = [
    ["before it", async (created, removed) => [await platform.handler(removed), await platform.handler(created)]],
    ["at the same time", (created, removed) => Promise.all([created, removed].map((event) => platform.handler(event)))],
    ["after it", async (created, removed) => [await platform.handler(created), await platform.handler(removed)]],
  ];
  for (const [title, deliver] of orders) {
    it(`leaves nothing when the owner's delete of the upload is told ${title}, both of them twice`, async () => {
      const photo = await platform.upload(await chelsea.bytes());
      const created = platform.takeMessages();
      await platform.remove(photoKeys.upload(photo));
      const removed = platform.takeMessages();
      await deliver(created, removed);
      await deliver(created, removed);
      await platform.drain();
      await expectGone(photo);
      expect(await platform.versions(photoKeys.upload(photo))).to.deep.equal([]);
    });
  }

  it("finds nothing to do when the owner has taken the upload back before", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    await platform.remove(photoKeys.upload(photo));
    await platform.drain();
    await expectGone(photo);
  });

  for (const step of steps.slice(2, -1)) {
    it(`leaves nothing when the owner deletes the photo after ${step.join(".")}`, async () => {
      const photo = await platform.upload(await chelsea.bytes());
      const event = platform.takeMessages();
      const { handler } = interrupted(step, "after", async () => {
        await platform.remove(photoKeys.original(photo.id));
        await platform.drain();
      });
      expect(await handler(event)).to.deep.equal({ batchItemFailures: [] });
      await platform.drain();
      await expectGone(photo);
    });
  }

  it("fails alone: its neighbours in the batch are done", async () => {
    const photo = await platform.upload(await chelsea.bytes());
    const { Records } = platform.takeMessages();
    const garbage = sqsEvent("not JSON", "{}", JSON.stringify({ Records: [{ eventName: "Replication:x" }] }));
    const event: SqsEvent = { Records: [...garbage.Records, ...Records] };
    expect(await platform.handler(event)).to.deep.equal({
      batchItemFailures: garbage.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
    await expectReady(photo);
  });

  it("is nothing where S3 only tests the queue", async () => {
    const test = sqsEvent(JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: bucket }));
    expect(await platform.handler(test)).to.deep.equal({ batchItemFailures: [] });
  });
});

function named([port, method, nth]: Call): string {
  return `${nth ? `call ${nth} of ` : ""}${port}.${method}`;
}

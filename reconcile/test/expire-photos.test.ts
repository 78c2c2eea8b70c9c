import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { createDynamoDbPhotoStore } from "../../api/adapters/dynamodb/photo-store.ts";
import { type Photo, photoKeys, type UploadStatus } from "../../api/domain/photo.ts";
import { beginProcessing, markReady, markRejected, restore, trash } from "../../api/domain/photo-changes.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { tableViolations } from "../../api/test/support/table-violations.ts";
import { chelsea } from "../../renditions/test/support/photos.ts";
import { keysOf } from "../../renditions/test/support/test-platform.ts";
import { ago, dayMs, hourMs, startTestReconciler, type TestReconciler } from "./support/test-reconciler.ts";

const nothingToDo = { complete: true, found: 0, done: {}, left: 0, failed: { count: 0, ids: [] } };

describe("The reconciler of photos", () => {
  let test: TestReconciler;
  before(async () => {
    test = await startTestReconciler();
  });
  after(() => test.close());
  afterEach(() => test.empty());

  const usage = async () => (await test.stores.users.find("olga")).usage;
  const item = async ({ id }: Photo) => (await test.items()).find(({ pk }) => pk?.S === `PHOTO#${id}`);

  /** Kept as it is, without the way it took there, and with bytes in quarantine. */
  async function lapsing(lapsesAt: Date, status: UploadStatus = "pending"): Promise<Photo> {
    const photo = aPhoto({ lapsesAt, status });
    await test.stores.photos.reserve([photo], noQuota);
    await test.platform.put(photoKeys.upload(photo), Buffer.from("late"));
    return photo;
  }

  /** Made ready by the worker, and in the trash since then. */
  async function trashed(at: Date): Promise<Photo> {
    const photo = await test.platform.upload(await chelsea.bytes());
    await test.platform.drain();
    await test.stores.photos.change(photo.id, trash(at));
    return photo;
  }

  /** What the worker has yet to do when the reconciler is done. */
  async function settle(): Promise<void> {
    await test.platform.drain();
    expect(tableViolations(await test.items())).to.deep.equal([]);
  }

  for (const status of ["pending", "rejected"] as const) {
    it(`takes away a ${status} photo that lapsed, its bytes and what it takes of the quota`, async () => {
      const photo = await lapsing(ago(2 * hourMs), status);
      const { jobs } = await test.run({ at: new Date() });
      expect(jobs.photos).to.deep.equal({ ...nothingToDo, found: 1, done: { released: 1 } });
      expect(await item(photo)).to.equal(undefined);
      expect(await test.platform.keys(photo)).to.deep.equal([]);
      expect(await usage()).to.deep.equal({ bytes: 0, photos: 0 });
      await settle();
    });
  }

  it("leaves a photo that lapsed to the worker once it was being processed, for it may be half published", async () => {
    const photo = await lapsing(ago(2 * hourMs), "processing");
    await test.platform.put(photoKeys.rendition(photo.id, "320"), Buffer.from("half done"));
    expect((await test.run({ at: new Date() })).jobs.photos.done).to.deep.equal({ purged: 1 });
    await settle();
    expect(await item(photo)).to.equal(undefined);
    expect(await test.platform.keys(photo)).to.deep.equal([]);
    expect(await usage()).to.deep.equal({ bytes: 0, photos: 0 });
  });

  it("lets the worker remove a photo that was 30 days in the trash, with renditions, quota and the copies at the edges", async () => {
    const [photo, other] = [await trashed(ago(30 * dayMs + 2 * hourMs)), await trashed(ago(29 * dayMs))];
    expect((await test.run({ at: new Date() })).jobs.photos).to.deep.include({ found: 1, done: { purged: 1 } });
    expect(await test.stores.photos.find(photo.id)).to.equal(undefined);
    await settle();
    expect(await item(photo)).to.equal(undefined);
    expect(await test.platform.keys(photo)).to.deep.equal([]);
    expect(test.platform.invalidations.flatMap(({ paths }) => paths)).to.include(`#photo-${photo.id}`);
    expect(await test.platform.keys(other)).to.deep.equal(keysOf(other).toSorted());
    expect(await usage()).to.deep.equal({ bytes: other.size, photos: 1 });
  });

  it("touches nothing within its grace", async () => {
    const photos = [await trashed(ago(30 * dayMs + hourMs - 60_000)), await lapsing(ago(hourMs - 60_000))];
    const before = await test.items();
    expect((await test.run({ at: new Date() })).jobs.photos).to.deep.equal(nothingToDo);
    expect(await test.items()).to.deep.equal(before);
    for (const photo of photos) expect(await test.platform.keys(photo)).not.to.deep.equal([]);
  });

  it("only says in a dry run what it would do", async () => {
    const photos = [await trashed(ago(31 * dayMs)), await lapsing(ago(2 * hourMs))];
    const before = await test.items();
    const keys = await Promise.all(photos.map(test.platform.keys));
    const report = await test.run({ dryRun: true });
    expect(report).to.deep.include({ dryRun: true });
    expect(report.jobs.photos).to.deep.include({ found: 2, done: { released: 1, purged: 1 } });
    expect(await test.items()).to.deep.equal(before);
    expect(await Promise.all(photos.map(test.platform.keys))).to.deep.equal(keys);
  });

  describe("and a restore at the same moment", () => {
    it("that comes first keep the photo with all its bytes", async () => {
      const photo = await trashed(ago(31 * dayMs));
      await test.stores.photos.change(photo.id, restore);
      expect((await test.run()).jobs.photos).to.deep.equal(nothingToDo);
      await settle();
      expect(await test.platform.keys(photo)).to.deep.equal(keysOf(photo).toSorted());
    });

    it("that was read before and is written after find that it comes too late", async () => {
      const photo = await trashed(ago(31 * dayMs));
      const slow = holdingBackWrites(test.table.client);
      const restored = createDynamoDbPhotoStore({ ...test.table, client: slow.client }).change(photo.id, restore);
      await slow.reached;
      expect((await test.run()).jobs.photos.done).to.deep.equal({ purged: 1 });
      slow.release();
      expect(await restored).to.equal(undefined);
      await settle();
      expect(await test.platform.keys(photo)).to.deep.equal([]);
    });

    it("end in one of both, whole, whoever is faster", async () => {
      const photos = await Promise.all(Array.from({ length: 12 }, () => trashed(ago(31 * dayMs))));
      const [, ...restored] = await Promise.all([
        test.run(),
        ...photos.map(({ id }) => test.stores.photos.change(id, restore)),
      ]);
      await settle();
      for (const [index, photo] of photos.entries()) {
        const expected = restored[index] ? keysOf(photo).toSorted() : [];
        expect(await test.platform.keys(photo)).to.deep.equal(expected);
        expect((await item(photo)) !== undefined).to.equal(restored[index] !== undefined);
      }
    });
  });

  it("goes on with the others when one fails, names it, and tries it again the next time", async () => {
    const [broken, ...others] = [
      await trashed(ago(31 * dayMs)),
      await lapsing(ago(2 * hourMs)),
      await lapsing(ago(dayMs)),
    ];
    if (!broken) throw new TypeError("There are three photos");
    const { jobs } = await test.run({ s3: refusing(test.platform.clients.s3, photoKeys.original(broken.id)) });
    expect(jobs.photos).to.deep.equal({
      complete: true,
      found: 3,
      done: { released: 2 },
      left: 0,
      failed: { count: 1, ids: [`photo/${broken.id}`] },
    });
    expect(test.logged.at(-1)).to.include({ level: "error", job: "photos", id: `photo/${broken.id}` });
    for (const photo of others) expect(await item(photo)).to.equal(undefined);

    expect((await test.run()).jobs.photos.done).to.deep.equal({ purged: 1 });
    await settle();
    expect(await item(broken)).to.equal(undefined);
  });

  it("does no harm when it runs twice at the same time, or again before the worker has come", async () => {
    const photos = [await trashed(ago(31 * dayMs)), await lapsing(ago(2 * hourMs)), await lapsing(ago(dayMs))];
    const reports = [...(await Promise.all([test.run(), test.run()])), await test.run()];
    for (const { jobs } of reports) expect(jobs.photos.failed.count).to.equal(0);
    await settle();
    for (const photo of photos) {
      expect(await item(photo)).to.equal(undefined);
      expect(await test.platform.keys(photo)).to.deep.equal([]);
    }
  });

  it("brings no photo back that a change, begun before it lapsed, was late to write", async () => {
    const photo = await lapsing(new Date(Date.now() + 60_000));
    const changes = [
      beginProcessing(new Date()),
      markRejected("empty", new Date()),
      markReady({ width: 1, height: 1 }),
    ];
    await test.run({ at: new Date(Date.now() + 3 * hourMs) });
    for (const change of changes) expect(await test.stores.photos.change(photo.id, change)).to.equal(undefined);
    expect(await item(photo)).to.equal(undefined);
  });
});

/** The same table, but for an update that waits until it is let go. */
function holdingBackWrites(dynamoDb: DynamoDBClient) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const client = new Proxy(dynamoDb, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name);
      return async (command: GetItemCommand) => {
        if (!(command instanceof GetItemCommand)) {
          reached.resolve();
          await released.promise;
        }
        return target.send(command);
      };
    },
  });
  return { client, reached: reached.promise, release: released.resolve };
}

/** The same S3, but for one object that it refuses to delete. */
function refusing(s3: S3Client, key: string): S3Client {
  return new Proxy(s3, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name);
      return async (command: DeleteObjectCommand) => {
        if (command instanceof DeleteObjectCommand && command.input.Key === key) throw new Error("SlowDown");
        return target.send(command);
      };
    },
  });
}

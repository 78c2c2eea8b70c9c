import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { keepUploadId, trash } from "../../api/domain/photo-changes.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { tableViolations } from "../../api/test/support/table-violations.ts";
import { chelsea } from "../../renditions/test/support/photos.ts";
import { bucket, keysOf } from "../../renditions/test/support/test-platform.ts";
import type { JobName } from "../report.ts";
import { shortenLists } from "./support/shorten-lists.ts";
import { ago, dayMs, hourMs, startTestReconciler, type TestReconciler } from "./support/test-reconciler.ts";

const inHours = (count: number) => new Date(Date.now() + count * hourMs);

describe("The reconciler of table and bucket", () => {
  let test: TestReconciler;
  beforeEach(async () => {
    test = await startTestReconciler();
  });
  afterEach(() => test.close());

  const s3 = () => test.platform.clients.s3;
  const bytes = Buffer.from("bytes");

  async function reserved(overrides: Partial<Photo> = {}): Promise<Photo> {
    const photo = aPhoto({ lapsesAt: inHours(24), ...overrides });
    await test.stores.photos.reserve([photo], noQuota);
    return photo;
  }

  async function ready(): Promise<Photo> {
    const photo = await test.platform.upload(await chelsea.bytes());
    await test.settle();
    return photo;
  }

  async function versionsUnder(Prefix: string): Promise<number> {
    const { Versions = [] } = await s3().send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix }));
    return Versions.length;
  }

  /** What S3 meant to tell the worker never comes. */
  const loseEvents = () => void test.platform.takeMessages();

  /** First only says what it would do, then does it, and then finds nothing more to do once the worker is done. */
  async function expectMended(job: JobName, done: Readonly<Record<string, number>>, at?: Date): Promise<void> {
    const run = async (dryRun = false) => (await test.run({ dryRun, ...(at && { at }) })).jobs;
    const [items, versions] = [await test.items(), await versionsUnder("")];
    expect((await run(true))[job].done, "dry run").to.deep.equal(done);
    expect([await test.items(), await versionsUnder("")], "after the dry run").to.deep.equal([items, versions]);
    expect((await run())[job].done, "run").to.deep.equal(done);
    await test.settle();
    for (const { done, left, failed } of Object.values(await run(true))) {
      expect({ done, left, failed: failed.count }, "second run").to.deep.equal({ done: {}, left: 0, failed: 0 });
    }
    expect(tableViolations(await test.items())).to.deep.equal([]);
  }

  it("finds nothing to do where all is in order, young or old", async () => {
    await ready();
    const trashed = await ready();
    await test.stores.photos.change(trashed.id, trash(new Date()));
    const deleted = await ready();
    await test.platform.remove(photoKeys.original(deleted.id));
    await test.platform.upload(bytes);
    await test.settle();
    await reserved();
    for (const at of [new Date(), inHours(2)]) {
      for (const dryRun of [true, false]) {
        for (const [name, job] of Object.entries((await test.run({ at, dryRun })).jobs)) {
          expect(job, name).to.deep.include({ complete: true, done: {}, failed: { count: 0, ids: [] } });
        }
      }
    }
  });

  describe("in the quarantine", () => {
    const gone: readonly [title: string, of: () => Promise<string>][] = [
      ["of a photo that never was", async () => `uploads/olga/${uuidv7()}`],
      ["under a name of its sender's own", async () => "uploads/olga/holiday/1.jpg\u0001"],
      ["under another user's prefix", async () => `uploads/fred/${(await reserved()).id}`],
      ["of a photo that was turned away", async () => photoKeys.upload(await reserved({ status: "rejected" }))],
      ["of a photo that is ready", async () => photoKeys.upload(await ready())],
    ];
    for (const [title, of] of gone) {
      it(`erases every version ${title}`, async () => {
        const key = await of();
        for (let version = 0; version < 3; version += 1) await test.platform.put(key, bytes);
        loseEvents();
        await expectMended("quarantine", { erased: 3 });
        expect(await versionsUnder("uploads/")).to.equal(0);
      });
    }

    for (const status of ["pending", "processing"] as const) {
      it(`sends the upload of a ${status} photo to the worker again, once a day`, async () => {
        const picture = await chelsea.bytes();
        const photo = await reserved({ status, size: picture.length, lapsesAt: inHours(100) });
        await test.platform.put(photoKeys.upload(photo), picture);
        loseEvents();
        const sent = async (at: Date) => (await test.run({ at })).jobs.quarantine.done;
        expect(await sent(inHours(0.5)), "within the grace").to.deep.equal({});
        expect(await sent(inHours(2))).to.deep.equal({ "upload sent again": 1 });
        expect(await sent(inHours(25))).to.deep.equal({});
        await expectMended("quarantine", { "upload sent again": 1 }, inHours(27));
        expect(await test.stores.photos.find(photo.id))
          .to.include({ status: "ready" })
          .and.not.have.property("resentAt");
      });
    }

    it("keeps a photo whose bytes came in time from lapsing while the worker is out of order", async () => {
      const photo = await reserved({ lapsesAt: inHours(3) });
      await test.platform.put(photoKeys.upload(photo), bytes);
      loseEvents();
      await test.run({ at: inHours(2) });
      expect((await test.run({ at: inHours(48) })).jobs.photos.found).to.equal(0);
      expect(await test.stores.photos.find(photo.id)).to.include({ status: "processing" });
    });

    it("erases what lies under the upload that the worker is to take", async () => {
      const photo = await reserved();
      for (const body of ["first", "second"]) await test.platform.put(photoKeys.upload(photo), Buffer.from(body));
      loseEvents();
      expect((await test.run()).jobs.quarantine.done).to.deep.equal({ "upload sent again": 1, erased: 1 });
    });

    it("lets a photo go whose upload its owner deleted", async () => {
      const photo = await reserved();
      await test.platform.put(photoKeys.upload(photo), bytes);
      await test.platform.remove(photoKeys.upload(photo));
      loseEvents();
      await expectMended("quarantine", { "deletion sent again": 1, erased: 1 });
      expect(await test.items()).to.have.length(1);
    });

    it("leaves what lapsed to whoever takes away what is due", async () => {
      const photo = await reserved({ lapsesAt: ago(60_000) });
      await test.platform.put(photoKeys.upload(photo), bytes);
      expect((await test.run({ at: inHours(0.9) })).jobs).to.deep.include({
        quarantine: { complete: true, found: 1, done: {}, left: 0, failed: { count: 0, ids: [] } },
      });
    });
  });

  describe("of what is published", () => {
    it("removes what is of no photo, and has the edges forget it", async () => {
      const [photo, kept] = [await ready(), await ready()];
      await test.stores.photos.remove(photo.id);
      await test.platform.put(`media/${photo.id}/poster.webp`, bytes);
      await expectMended("orphans", { "photo removed": 1 });
      expect(await test.platform.keys(photo)).to.deep.equal([]);
      expect(await test.platform.keys(kept)).to.deep.equal(keysOf(kept).toSorted());
      expect(test.platform.invalidations.flatMap(({ paths }) => paths)).to.include(`#photo-${photo.id}`);
    });

    it("names what only a hand can have put there, and leaves it to a hand", async () => {
      const strange = ["media/readme.txt", `originals/${uuidv7()}/copy`, "originals/backup"];
      for (const key of strange) await test.platform.put(key, bytes);
      loseEvents();
      expect((await test.run()).jobs.orphans.done).to.deep.equal({ "left to a hand": 3 });
      expect(test.logged.flatMap(({ key }) => key ?? [])).to.have.members(strange);
      expect(await versionsUnder("")).to.equal(strange.length);
    });

    it("lets a photo go whose original its owner deleted", async () => {
      const photo = await ready();
      await test.platform.remove(photoKeys.original(photo.id));
      loseEvents();
      expect((await test.run({ at: inHours(0.5) })).jobs.missing.done, "within the grace").to.deep.equal({});
      await expectMended("missing", { "deletion sent again": 1 });
      expect(await test.stores.photos.find(photo.id)).to.equal(undefined);
      expect(await test.platform.keys(photo)).to.deep.equal([]);
    });

    it("knows that a video has no renditions but a copy, and names one that has lost it", async () => {
      const videos = [
        await reserved({ status: "ready", contentType: "video/mp4" }),
        await reserved({ status: "ready", contentType: "video/mp4" }),
      ];
      for (const { id } of videos) await test.platform.put(photoKeys.original(id), bytes);
      const [whole, broken] = videos.map(({ id }) => photoKeys.video(id, "mp4"));
      await test.platform.put(String(whole), bytes);
      expect((await test.run()).jobs.missing.done).to.deep.equal({ "rendition lost": 1 });
      expect(test.logged.flatMap(({ missing }) => missing ?? [])).to.deep.equal([broken]);
    });

    it("keeps photos whose bytes are missing without a trace, and names them", async () => {
      const [one, other] = [await ready(), await ready()];
      for (const key of [photoKeys.original(one.id), photoKeys.rendition(other.id, "640")]) {
        const { Versions = [] } = await s3().send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
        for (const { Key, VersionId } of Versions) {
          await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
        }
      }
      loseEvents();
      expect((await test.run()).jobs.missing.done).to.deep.equal({ "original lost": 1, "rendition lost": 1 });
      await test.settle();
      for (const { id } of [one, other]) expect(await test.stores.photos.find(id)).to.include({ status: "ready" });
      expect(test.logged.flatMap(({ missing }) => missing ?? [])).to.have.members([
        photoKeys.original(one.id),
        photoKeys.rendition(other.id, "640"),
      ]);
    });
  });

  describe("of uploads in parts", () => {
    const begin = async (Key: string) => {
      const { UploadId = "" } = await s3().send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
      return UploadId;
    };
    const left = async () =>
      (await s3().send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.map(({ UploadId }) => UploadId) ??
      [];

    it("aborts those that no reservation waits for, and no others", async () => {
      const waiting = await reserved({ multipart: { partSize: 5_242_880 } });
      const kept = [await begin(photoKeys.upload(waiting)), await begin(photoKeys.upload(await reserved()))];
      await test.stores.photos.change(waiting.id, keepUploadId(kept[0] ?? ""));
      kept.push(await begin("elsewhere/by-hand"));
      for (const status of ["processing", "ready", "rejected"] as const) {
        await begin(photoKeys.upload(await reserved({ status, lapsesAt: inHours(24) })));
      }
      await begin(`uploads/olga/${uuidv7()}`);
      await begin(`uploads/fred/${waiting.id}`);
      await begin("uploads/olga/holiday.jpg");
      await begin(photoKeys.upload(await reserved({ lapsesAt: ago(dayMs) })));
      expect((await test.run({ at: new Date() })).jobs.multipart.done, "within the grace").to.deep.equal({});
      expect(await left()).to.have.length(10);
      expect((await test.run({ dryRun: true })).jobs.multipart.done).to.deep.equal({ aborted: 7 });
      expect((await test.run()).jobs.multipart.done).to.deep.equal({ aborted: 7 });
      expect(await left()).to.have.members(kept);
    });

    it("aborts whatever has taken longer than an upload may", async () => {
      await begin(photoKeys.upload(await reserved({ lapsesAt: inHours(24 * 30) })));
      await begin("elsewhere/by-hand");
      await begin(`originals/${uuidv7()}`);
      expect((await test.run({ at: inHours(24 * 6.9) })).jobs.multipart.done).to.deep.equal({});
      expect((await test.run({ at: inHours(24 * 7.1) })).jobs.multipart.done).to.deep.equal({ aborted: 3 });
      expect(await left()).to.deep.equal([]);
    });
  });

  for (const [walk, name, prefix] of [
    ["ORPHANS", "orphans", "originals"],
    ["QUARANTINE", "quarantine", "uploads/olga"],
  ] as const) {
    it(`goes on with ${name} where the last run had to stop, and begins anew after the end`, async () => {
      for (let count = 0; count < 12; count += 1) await test.platform.put(`${prefix}/${uuidv7()}`, bytes);
      shortenLists(s3(), 5);
      const first = (await test.runUntilPlaceIsKept(walk)).jobs[name];
      expect(first).to.include({ complete: false });
      const second = (await test.run()).jobs[name];
      expect(second).to.include({ complete: true });
      expect(second.found).to.be.within(1, 11);
      const third = (await test.run()).jobs[name];
      expect(third.done).to.deep.equal({});
      for (const { done } of [first, second]) expect(Object.values(done)).to.have.length(1);
    });
  }
});

import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { leftovers } from "../../api/test/support/table-violations.ts";
import { ago, hourMs, startTestReconciler, type TestReconciler } from "./support/test-reconciler.ts";

describe("The reconciler of albums", () => {
  let test: TestReconciler;
  before(async () => {
    test = await startTestReconciler();
  });
  after(() => test.close());
  afterEach(() => test.empty());

  /** With more members and photos than one step clears. */
  async function crowdedAlbum(): Promise<string> {
    const { albums, photos } = test.stores;
    const id = uuidv7();
    await albums.create({
      ...{ id, ownerId: "olga", title: "Lake", createdAt: new Date(), photoCount: 0, memberCount: 1, version: 1 },
    });
    for (let member = 0; member < 120; member += 1) {
      await albums.putMember({ albumId: id, userId: `m-${member}`, role: "viewer", addedAt: new Date() }, undefined);
    }
    await photos.reserve(
      Array.from({ length: 120 }, () => aPhoto({ albumId: id })),
      noQuota,
    );
    return id;
  }

  it("takes members and photos out of a deleted one until it is empty, and then forgets it", async () => {
    const [deleted, other] = [await crowdedAlbum(), await crowdedAlbum()];
    await test.stores.albums.delete(deleted, ago(2 * hourMs));
    expect((await test.run({ dryRun: true })).jobs.albums).to.deep.include({ found: 1, done: { cleared: 1 } });
    expect(leftovers(await test.items(), ago(hourMs))).to.have.length(1);

    expect((await test.run()).jobs.albums).to.deep.include({ complete: true, done: { cleared: 1 }, left: 0 });
    const items = await test.items();
    expect(leftovers(items, ago(hourMs))).to.deep.equal([]);
    expect(items.filter(({ pk }) => pk?.S === `ALBUM#${other}`)).to.have.length(122);
    expect(items.filter(({ albumId }) => albumId?.S === other)).to.have.length(120);
    expect(items.filter(({ sk }) => sk?.S === "PHOTO")).to.have.length(240);
  });

  it("leaves one alone that was deleted within the grace: its owner's request may still be at it", async () => {
    const id = await crowdedAlbum();
    await test.stores.albums.delete(id, new Date());
    const before = await test.items();
    expect((await test.run({ at: new Date() })).jobs.albums).to.deep.include({ found: 0, done: {} });
    expect(await test.items()).to.deep.equal(before);
  });

  it("does no harm when it runs twice at the same time", async () => {
    await test.stores.albums.delete(await crowdedAlbum(), ago(2 * hourMs));
    const reports = await Promise.all([test.run(), test.run()]);
    for (const { jobs } of reports) expect(jobs.albums.failed.count).to.equal(0);
    expect(leftovers(await test.items(), ago(hourMs))).to.deep.equal([]);
  });
});

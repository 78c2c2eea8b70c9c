import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { createDynamoDbCounterStore } from "../../api/adapters/dynamodb/counter-store.ts";
import { albumKey, type Item, placeKey, userKey } from "../../api/adapters/dynamodb/keys.ts";
import { ask } from "../../api/domain/friendship.ts";
import { nothing, trash } from "../../api/domain/photo-changes.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { leftovers, tableViolations } from "../../api/test/support/table-violations.ts";
import { ago, hourMs, startTestReconciler, type TestReconciler } from "./support/test-reconciler.ts";

describe("The reconciler of counts", () => {
  let test: TestReconciler;
  before(async () => {
    test = await startTestReconciler();
  });
  after(() => test.close());
  afterEach(() => test.empty());

  const ready = (albumId?: string, ownerId = "olga") =>
    aPhoto({ ownerId, status: "ready", width: 640, height: 480, ...(albumId && { albumId }) });

  async function newAlbum(ownerId = "olga"): Promise<string> {
    const id = uuidv7();
    await test.stores.albums.create({
      ...{ id, ownerId, title: "Lake", createdAt: new Date(), photoCount: 0, memberCount: 1, version: 1 },
    });
    return id;
  }

  /** What a hand does to a table: any number, and nothing of what goes with it. */
  async function drift(Key: Item, counts: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, value] of Object.entries(counts)) {
      await test.table.client.send(
        new UpdateItemCommand({
          TableName: test.table.tableName,
          Key,
          UpdateExpression: "SET #name = :value",
          ExpressionAttributeNames: { "#name": name },
          ExpressionAttributeValues: { ":value": { N: String(value) } },
        }),
      );
    }
  }

  /** olga with photos of every kind, a friend, and an album that rita is in with a photo, too. */
  async function world(): Promise<string> {
    const album = await newAlbum();
    const { photos, albums, friends } = test.stores;
    const lapsed = aPhoto({ lapsesAt: new Date(Date.now() + hourMs / 2) });
    const trashed = ready(album);
    await photos.reserve([ready(), ready(album), trashed, aPhoto({ albumId: album }), lapsed], noQuota);
    await photos.reserve([aPhoto({ ownerId: "rita" })], noQuota);
    await albums.putMember({ albumId: album, userId: "rita", role: "contributor", addedAt: new Date() }, undefined);
    await friends.change("olga", "rita", ask);
    await friends.change("rita", "olga", ask);
    await photos.change(trashed.id, trash(new Date()));
    // Kept ready at once, which no counter of an album has seen.
    await drift(albumKey(album), { photoCount: 1 });
    return album;
  }

  it("finds nothing to do where nobody has laid hands on the table", async () => {
    await world();
    const before = await test.items();
    expect((await test.run()).jobs.counts).to.deep.include({ complete: true, found: 2, done: {}, left: 0 });
    expect(await test.items()).to.deep.equal(before);
  });

  const drifts: readonly [title: string, of: "user" | "album", counts: Readonly<Record<string, number>>][] = [
    ["bytes that nobody has", "user", { usedBytes: 999_999_999 }],
    ["photos below zero", "user", { usedPhotos: -3 }],
    ["friends that are gone", "user", { friendCount: 5 }],
    ["all of a user's", "user", { usedBytes: 0, usedPhotos: 0, friendCount: 0 }],
    ["photos of an album", "album", { photoCount: 77 }],
    ["members below zero", "album", { memberCount: -1 }],
  ];
  for (const [title, of, counts] of drifts) {
    it(`puts right ${title}, once the counters are settled, and only says so in a dry run`, async () => {
      const album = await world();
      await drift(of === "user" ? userKey("olga") : albumKey(album), counts);
      const drifted = await test.items();
      expect((await test.run({ at: new Date() })).jobs.counts).to.deep.include({ done: {}, left: 3 });
      expect((await test.run({ dryRun: true })).jobs.counts.done).to.deep.equal({ [`${of} recounted`]: 1 });
      expect(await test.items()).to.deep.equal(drifted);

      expect((await test.run()).jobs.counts).to.deep.include({ done: { [`${of} recounted`]: 1 }, left: 0 });
      expect(tableViolations(await test.items())).to.deep.equal([]);
      expect((await test.run()).jobs.counts.done).to.deep.equal({});
    });
  }

  it("takes photos out of albums that are gone, wherever they are by then", async () => {
    const album = uuidv7();
    const photos = [aPhoto({ albumId: album }), ready(album), { ...ready(album), trashedAt: new Date() }];
    await test.stores.photos.reserve(photos, noQuota);
    expect(leftovers(await test.items(), new Date())).to.have.length(3);
    expect((await test.run({ dryRun: true })).jobs.counts.done).to.deep.equal({ "photo taken out": 3 });
    expect((await test.run()).jobs.counts.done).to.deep.equal({ "photo taken out": 3 });
    expect(leftovers(await test.items(), new Date())).to.deep.equal([]);
  });

  describe("while others write", () => {
    const anHourAhead = () => new Date(Date.now() + hourMs);
    const counted = { usage: { bytes: 1, photos: 1 }, friendCount: 1 };
    const counters = () => createDynamoDbCounterStore(test.table);

    it("writes nothing when something was counted meanwhile, even if it has come and gone", async () => {
      await world();
      const before = await test.stores.users.find("olga");
      const options = { settledBefore: anHourAhead(), dryRun: false };
      const recount = await counters().recountUser(
        "olga",
        async () => {
          const visitor = aPhoto();
          await test.stores.photos.reserve([visitor], noQuota);
          await test.stores.photos.remove(visitor.id);
          return counted;
        },
        options,
      );
      expect(recount).to.equal("unsettled");
      expect({ ...(await test.stores.users.find("olga")), newestPhotoId: before.newestPhotoId }).to.deep.equal(before);
    });

    it("does not even count what changed within the grace, as the lists may not show it yet", async () => {
      await world();
      const count = () => Promise.reject(new Error("It was counted"));
      const options = { settledBefore: ago(hourMs), dryRun: false };
      expect(await counters().recountUser("olga", count, options)).to.equal("unsettled");
    });

    it("ends right for every user and album, however many recount at the same time", async () => {
      const album = await world();
      await drift(userKey("olga"), { usedBytes: 7, usedPhotos: 7, friendCount: 7 });
      await drift(albumKey(album), { photoCount: 7, memberCount: 7 });
      const busy = Array.from({ length: 8 }, async (_, index) => {
        const photo = aPhoto({ size: index });
        await test.stores.photos.reserve([photo], noQuota);
        if (index % 2) await test.stores.photos.remove(photo.id);
      });
      await Promise.all([...busy, test.run(), test.run(), test.run()]);
      await test.run();
      expect(tableViolations(await test.items())).to.deep.equal([]);
    });
  });

  describe("of many users", () => {
    const names = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    beforeEach(async () => {
      for (const name of names) {
        await test.stores.users.rename(name, name);
        await drift(userKey(name), { usedPhotos: 9 });
      }
    });
    const mended = async () => {
      const users = await test.stores.users.findMany(names);
      return users.filter(({ usage }) => usage.photos === nothing.photos).length;
    };

    it("finds each of them, whichever part of the list they are in", async () => {
      expect((await test.run()).jobs.counts).to.deep.include({ found: 60, done: { "user recounted": 60 } });
      expect(await mended()).to.equal(60);
    });

    it("goes on where the last run had to stop, and begins anew after the end", async () => {
      const first = (await test.runUntilPlaceIsKept("RECOUNT")).jobs.counts;
      expect(first).to.include({ complete: false });
      const second = (await test.run()).jobs.counts;
      expect(second).to.include({ complete: true });
      expect(second.found).to.be.lessThan(60);
      expect(await mended()).to.equal(60);
      expect((await test.run()).jobs.counts).to.deep.include({ complete: true, found: 60 });
    });

    it("begins at the beginning when its place is no place at all", async () => {
      await test.table.client.send(
        new PutItemCommand({
          TableName: test.table.tableName,
          Item: { ...placeKey("RECOUNT"), shard: { S: "nowhere" } },
        }),
      );
      expect((await test.run()).jobs.counts.found).to.equal(60);
    });
  });
});

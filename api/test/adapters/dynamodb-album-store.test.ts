import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { albumKey, memberKey } from "../../adapters/dynamodb/keys.ts";
import { createStores } from "../../compose/stores.ts";
import { type Album, type AlbumRole, type Member, maxMembers } from "../../domain/album.ts";
import { AlbumFullError, InvalidCursorError } from "../../domain/errors.ts";
import { edit } from "../../domain/photo-changes.ts";
import { aPhoto, noon, noQuota } from "../support/a-photo.ts";
import { startTestDynamoDb, type TestDynamoDb } from "../support/dynamodb.ts";

describe("The DynamoDB store of albums", () => {
  let db: TestDynamoDb;
  let stores: ReturnType<typeof createStores>;

  before(async () => {
    db = await startTestDynamoDb();
    stores = createStores({ client: db.client, tableName: db.tableName, now: () => noon });
  });
  after(() => db.close());

  async function newAlbum(overrides: Partial<Album> = {}): Promise<string> {
    const id = uuidv7();
    const album = { id, ownerId: "olga", title: "Lake", createdAt: noon, photoCount: 0, memberCount: 1, version: 1 };
    await stores.albums.create({ ...album, ...overrides });
    return id;
  }
  const viewer = (albumId: string, userId: string) => ({ albumId, userId, role: "viewer", addedAt: noon }) as const;
  const add = (albumId: string, userId: string) => stores.albums.putMember(viewer(albumId, userId), undefined);
  const memberCount = async (id: string) => (await stores.albums.find(id))?.memberCount;
  const outcome = (asked: Promise<unknown>) => asked.catch((error: unknown) => error);

  it("keeps an album together with its owner's membership", async () => {
    const id = await newAlbum();
    expect(await stores.albums.find(id)).to.include({ id, ownerId: "olga", memberCount: 1 });
    expect(await stores.albums.findMember(id, "olga")).to.deep.equal({
      albumId: id,
      userId: "olga",
      role: "owner",
      addedAt: noon,
    });
  });

  it("finds nothing where there is nothing", async () => {
    const id = uuidv7();
    expect(await stores.albums.find(id)).to.equal(undefined);
    expect(await stores.albums.findMember(id, "olga")).to.equal(undefined);
    expect(await stores.albums.rename(id, "Lake")).to.equal(undefined);
    expect(await add(id, "rita")).to.equal(undefined);
    expect(await stores.albums.removeMember(id, "rita", "viewer")).to.equal(false);
    expect(await stores.albums.listMembers(id, { limit: 9 })).to.deep.equal({ items: [] });
    await stores.albums.delete(id, noon);
    expect(await stores.albums.clearDeleted(id)).to.equal(true);
    expect(await stores.albums.find(id)).to.equal(undefined);
  });

  it("changes a role, or removes a member, only while the role is what it was taken for", async () => {
    const id = await newAlbum();
    await add(id, "rita");
    const manager: Member & { role: "manager" } = { ...viewer(id, "rita"), role: "manager" };
    const held: AlbumRole[] = ["contributor", "viewer"];
    const put = [];
    for (const role of held) put.push(await stores.albums.putMember(manager, role));
    expect(put).to.deep.equal([undefined, manager]);
    expect(await add(id, "rita"), "is no new member").to.equal(undefined);
    expect(await stores.albums.removeMember(id, "rita", "viewer")).to.equal(false);
    expect(await memberCount(id)).to.equal(2);
    expect(await stores.albums.removeMember(id, "rita", "manager")).to.equal(true);
    expect(await memberCount(id)).to.equal(1);
  });

  it("gives the last place to one of fifty who come at the same time", async () => {
    const id = await newAlbum({ memberCount: maxMembers - 1 });
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => outcome(add(id, `user-${n}`))));
    expect(outcomes.filter((each) => each instanceof AlbumFullError)).to.have.length(49);
    expect(await memberCount(id)).to.equal(maxMembers);
    expect((await stores.albums.listMembers(id, { limit: 99 })).items).to.have.length(2);
  });

  it("loses no member of many who come and go at the same time", async () => {
    const id = await newAlbum();
    const users = Array.from({ length: 12 }, (_, n) => `user-${n}`);
    await Promise.all(users.map((userId) => add(id, userId)));
    expect(await memberCount(id)).to.equal(13);
    await Promise.all([
      ...users.slice(0, 6).map((userId) => stores.albums.removeMember(id, userId, "viewer")),
      ...users.slice(0, 6).map((userId) => stores.albums.removeMember(id, userId, "viewer")),
      add(id, "user-12"),
    ]);
    expect(await memberCount(id)).to.equal(8);
    expect((await stores.albums.listMembers(id, { limit: 99 })).items).to.have.length(8);
  });

  it("leaves nothing behind of an album that is deleted while members join", async () => {
    const id = await newAlbum();
    await Promise.all([stores.albums.delete(id, noon), ...Array.from({ length: 10 }, (_, n) => add(id, `user-${n}`))]);
    expect(await stores.albums.find(id)).to.equal(undefined);
    expect(await add(id, "late")).to.equal(undefined);
    expect(await stores.albums.clearDeleted(id)).to.equal(true);
    for (const Key of [albumKey(id), memberKey(id, "olga"), memberKey(id, "user-0"), memberKey(id, "late")]) {
      const { Item } = await db.client.send(new GetItemCommand({ TableName: db.tableName, Key }));
      expect(Item).to.equal(undefined);
    }
  });

  it("hides a deleted album at once, with every role in it, and clears it bit by bit, any number of times", async () => {
    const id = await newAlbum();
    for (let n = 0; n < 105; n += 1) {
      // As many as no single request takes away, written without their transactions for the time it saves.
      const userId = `user-${n}`;
      const Item = { ...memberKey(id, userId), role: { S: "viewer" }, addedAt: { S: noon.toISOString() } };
      await db.client.send(new PutItemCommand({ TableName: db.tableName, Item }));
    }
    const photo = aPhoto({ ownerId: "rita", albumId: id, status: "ready" });
    await stores.photos.reserve([photo], noQuota);

    expect(await stores.albums.clearDeleted(id), "as long as it is there").to.equal(false);
    await stores.albums.delete(id, noon);
    expect(await stores.albums.findMember(id, "olga")).to.equal(undefined);
    expect((await stores.albums.listOfMember("olga", { limit: 99 })).items.map(({ album }) => album.id)).not.to.include(
      id,
    );
    expect(await stores.albums.clearDeleted(id)).to.equal(false);
    expect(await stores.albums.clearDeleted(id)).to.equal(true);
    expect(await stores.albums.clearDeleted(id)).to.equal(true);
    expect((await stores.photos.find(photo.id))?.albumId).to.equal(undefined);
  });

  it("counts a photo that comes and goes, beside its members", async () => {
    const id = await newAlbum();
    const photo = aPhoto({ status: "ready" });
    await stores.photos.reserve([photo], noQuota);
    await stores.photos.change(photo.id, edit({ albumId: id }));
    expect((await stores.albums.find(id))?.photoCount).to.equal(1);
    await stores.albums.rename(id, "Hills");
    await stores.photos.change(photo.id, edit({ albumId: null }));
    expect(await stores.albums.find(id)).to.include({ photoCount: 0, title: "Hills" });
  });

  it("lists members by user id and albums newest first, by cursors that open no other list", async () => {
    const albums = [await newAlbum({ ownerId: "lena" }), await newAlbum({ ownerId: "lena" })];
    const first = await stores.albums.listOfMember("lena", { limit: 1 });
    const rest = await stores.albums.listOfMember("lena", { limit: 1, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ album }) => album.id)).to.deep.equal(albums.toReversed());
    const [id = "", other = ""] = albums;
    await add(id, "anna");
    const members = await stores.albums.listMembers(id, { limit: 1 });
    expect(members.items.map(({ userId }) => userId)).to.deep.equal(["anna"]);
    for (const asked of [
      stores.albums.listMembers(other, { limit: 1, cursor: members.nextCursor }),
      stores.albums.listOfMember("olga", { limit: 1, cursor: first.nextCursor }),
    ]) {
      expect(await outcome(asked)).to.be.instanceOf(InvalidCursorError);
    }
  });
});

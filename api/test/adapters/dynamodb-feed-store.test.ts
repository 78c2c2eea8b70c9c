import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { createDynamoDbFeedStore } from "../../adapters/dynamodb/feed-store.ts";
import { photoKey, placed, places, userKey } from "../../adapters/dynamodb/keys.ts";
import { createPhotoIds } from "../../adapters/photo-ids.ts";
import { InvalidCursorError } from "../../domain/errors.ts";
import type { FeedStore } from "../../domain/ports/feed-store.ts";
import { noon } from "../support/a-photo.ts";
import { startTestDynamoDb, type TestDynamoDb } from "../support/dynamodb.ts";

describe("The DynamoDB store of the feed", () => {
  let db: TestDynamoDb;
  let store: FeedStore;
  let minute = 0;
  const clock = () => new Date(noon.getTime() + minute * 60_000);
  const newId = createPhotoIds(clock);

  before(async () => {
    db = await startTestDynamoDb();
    store = createDynamoDbFeedStore({ client: db.client, tableName: db.tableName });
  });
  after(() => db.close());

  /** Puts a shared photo where the index finds it, its owner's newest unless told otherwise. */
  async function share(ownerId: string, id = newId(), newestPhotoId = id): Promise<string> {
    const { client, tableName: TableName } = db;
    const Item = { ...photoKey(id), ...placed(places.sharedPhoto(ownerId, id)) };
    await client.send(new PutItemCommand({ TableName, Item }));
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: userKey(ownerId),
        UpdateExpression: "SET newestPhotoId = :id",
        ExpressionAttributeValues: { ":id": { S: newestPhotoId } },
      }),
    );
    return id;
  }

  async function readAll(readerId: string, ownerIds: readonly string[], limit: number): Promise<string[]> {
    const read: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.listShared(readerId, ownerIds, { limit, cursor });
      expect(page.items.length).to.be.at.most(limit);
      read.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return read;
  }

  it("merges what many share, newest first, whatever the size of the pages", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 60; count += 1) {
      minute += 1;
      // One shares more than one read of the index holds, the others a little each.
      ids.unshift(await share(count % 2 === 0 ? "mila" : `mila-${count % 7}`));
    }
    const owners = ["mila", ...Array.from({ length: 7 }, (_, index) => `mila-${index}`), "nobody"];
    for (const limit of [1, 7, 30, 59, 60, 61]) {
      expect(await readAll("rita", owners, limit), `pages of ${limit}`).to.deep.equal(ids);
    }
  });

  it("ends with the last photo, without an empty page after it", async () => {
    minute += 1;
    const ids = [await share("nora"), await share("nora")].reverse();
    expect(await store.listShared("rita", ["nora"], { limit: 2 })).to.deep.equal({ items: ids });
  });

  it("finds a photo although the owner's newest one was made by a clock that is 30 s behind", async () => {
    minute += 1;
    const behind = newId();
    const ahead = createPhotoIds(() => new Date(clock().getTime() + 30_000))();
    expect(await share("olga", ahead, behind)).to.equal(ahead);
    expect((await store.listShared("rita", ["olga"], { limit: 5 })).items).to.deep.equal([ahead]);
  });

  it("is empty for who has no friends, and for whose friends share nothing", async () => {
    expect(await store.listShared("rita", [], { limit: 5 })).to.deep.equal({ items: [] });
    expect(await store.listShared("rita", ["nobody", "noone"], { limit: 5 })).to.deep.equal({ items: [] });
  });

  it("reads on by a cursor of the same reader alone, and by no damaged one", async () => {
    await share("pia");
    await share("pia");
    const { nextCursor = "" } = await store.listShared("rita", ["pia"], { limit: 1 });
    for (const [readerId, cursor] of [
      ["sven", nextCursor],
      ["rita", `${nextCursor.slice(0, -2)}AA`],
      ["rita", ""],
    ] as const) {
      const failed = await store.listShared(readerId, ["pia"], { limit: 1, cursor }).catch((error: unknown) => error);
      expect(failed, `${readerId} ${cursor}`).to.be.instanceOf(InvalidCursorError);
    }
  });
});

import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { userKey } from "../../adapters/dynamodb/keys.ts";
import { createDynamoDbUserStore } from "../../adapters/dynamodb/user-store.ts";
import type { UserStore } from "../../domain/ports/user-store.ts";
import { newcomer } from "../../domain/user.ts";
import { startTestDynamoDb, type TestDynamoDb } from "../support/dynamodb.ts";

describe("The DynamoDB store of users", () => {
  let db: TestDynamoDb;
  let store: UserStore;
  before(async () => {
    db = await startTestDynamoDb();
    store = createDynamoDbUserStore({ client: db.client, tableName: db.tableName });
  });
  after(() => db.close());

  async function set(id: string, attribute: string, value: { N: string } | { S: string }): Promise<void> {
    await db.client.send(
      new UpdateItemCommand({
        TableName: db.tableName,
        Key: userKey(id),
        UpdateExpression: "SET #attribute = :value",
        ExpressionAttributeNames: { "#attribute": attribute },
        ExpressionAttributeValues: { ":value": value },
      }),
    );
  }

  it("finds a newcomer where nothing is kept", async () => {
    expect(await store.find("nina")).to.deep.equal(newcomer("nina"));
  });

  it("names a user, and takes the name away again", async () => {
    expect(await store.rename("olga", "Olga Öland")).to.deep.equal({ ...newcomer("olga"), displayName: "Olga Öland" });
    expect(await store.find("olga")).to.include({ displayName: "Olga Öland" });
    expect(await store.rename("olga", null)).to.deep.equal(newcomer("olga"));
    expect(await store.find("olga")).to.deep.equal(newcomer("olga"));
  });

  it("keeps what others count when it names a user", async () => {
    await set("paul", "usedBytes", { N: "1234" });
    await set("paul", "usedPhotos", { N: "2" });
    await set("paul", "friendCount", { N: "3" });
    expect(await store.rename("paul", "Paul")).to.deep.equal({
      id: "paul",
      displayName: "Paul",
      usage: { bytes: 1234, photos: 2 },
      friendCount: 3,
    });
  });

  it("finds many in the order asked for, the same one twice and newcomers between them", async () => {
    await store.rename("rita", "Rita");
    await store.rename("sven", "Sven");
    const found = await store.findMany(["sven", "nobody", "rita", "sven"]);
    expect(found.map(({ id, displayName }) => [id, displayName])).to.deep.equal([
      ["sven", "Sven"],
      ["nobody", undefined],
      ["rita", "Rita"],
      ["sven", "Sven"],
    ]);
  });

  it("refuses an item that the platform never wrote, and says why", async () => {
    await set("tara", "friendCount", { S: "many" });
    const failed = await store.find("tara").catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TypeError);
    expect(String(failed)).to.contain("USER#tara").and.contain("friendCount");
  });
});

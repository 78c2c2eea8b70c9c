import { ConditionalCheckFailedException, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { type DynamoDb, startDynamoDb } from "../dynamodb/dynamodb.ts";
import { photosTable } from "./support/photos-table.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { startTestAccount, type TestAccount } from "./support/test-account.ts";

const TableName = "photos";

describe("the local DynamoDB, asked by a stock client", () => {
  let test: TestAccount;
  let dynamodb: DynamoDb;
  let documents: DynamoDBDocumentClient;
  let clock: Date;

  const connect = () => DynamoDBDocumentClient.from(new DynamoDBClient(test.client()));

  before(async () => {
    clock = new Date();
    test = await startTestAccount(
      recordingOf(photosTable),
      async (context) => {
        dynamodb = await startDynamoDb(context);
        return [dynamodb];
      },
      () => clock,
    );
    documents = connect();
  });
  after(() => test.close());

  const put = (Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName, Item }));
  const get = async (pk: string, sk = "PHOTO") => {
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
    return Item;
  };

  it("lets one of many simultaneous conditional puts win", async () => {
    const attempts = Array.from({ length: 20 }, (_, writer) =>
      documents.send(
        new PutCommand({
          TableName,
          Item: { pk: "race", sk: "PHOTO", writer },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(new Set(lost.map(({ reason }) => reason.name))).to.deep.equal(new Set(["ConditionalCheckFailedException"]));
  });

  it("loses none of fifty simultaneous updates", async () => {
    const update = new UpdateCommand({
      TableName,
      Key: { pk: "counter", sk: "PHOTO" },
      UpdateExpression: "ADD n :one",
      ExpressionAttributeValues: { ":one": 1 },
    });
    await Promise.all(Array.from({ length: 50 }, () => documents.send(update)));
    expect(await get("counter")).to.include({ n: 50 });
  });

  it("tells the item that failed a condition, when asked to", async () => {
    await put({ pk: "told", sk: "PHOTO", status: "ready" });
    const failing = {
      TableName,
      Key: { pk: "told", sk: "PHOTO" },
      ConditionExpression: "#status = :pending",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":pending": "pending" },
    };
    const told = await rejection(
      documents.send(new DeleteCommand({ ...failing, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })),
      ConditionalCheckFailedException,
    );
    expect(told.Item).to.deep.include({ status: { S: "ready" } });
    const untold = await rejection(documents.send(new DeleteCommand(failing)), ConditionalCheckFailedException);
    expect(untold.Item).to.equal(undefined);
  });

  it("pages through an index in order, and keeps the index in step with its items", async () => {
    const ids = ["1", "2", "3", "4", "5"];
    const RequestItems = {
      photos: ids.map((id) => ({ PutRequest: { Item: { pk: `p${id}`, sk: "PHOTO", gsi1pk: "OWNER", gsi1sk: id } } })),
    };
    await documents.send(new BatchWriteCommand({ RequestItems }));
    await documents.send(new DeleteCommand({ TableName, Key: { pk: "p3", sk: "PHOTO" } }));
    await documents.send(
      new UpdateCommand({ TableName, Key: { pk: "p4", sk: "PHOTO" }, UpdateExpression: "REMOVE gsi1pk" }),
    );
    const page = (ExclusiveStartKey?: Record<string, unknown>) =>
      documents.send(
        new QueryCommand({
          TableName,
          IndexName: "gsi1",
          KeyConditionExpression: "gsi1pk = :owner",
          ExpressionAttributeValues: { ":owner": "OWNER" },
          ScanIndexForward: false,
          Limit: 2,
          ExclusiveStartKey,
        }),
      );
    const first = await page();
    const second = await page(first.LastEvaluatedKey);
    expect([...(first.Items ?? []), ...(second.Items ?? [])].map(({ gsi1sk }) => gsi1sk)).to.deep.equal([
      "5",
      "2",
      "1",
    ]);
    expect(second.LastEvaluatedKey).to.equal(undefined);
  });

  it("reads a batch of keys, and says which are absent by leaving them out", async () => {
    await put({ pk: "b1", sk: "PHOTO" });
    const Keys = [
      { pk: "b1", sk: "PHOTO" },
      { pk: "b2", sk: "PHOTO" },
    ];
    const { Responses } = await documents.send(new BatchGetCommand({ RequestItems: { photos: { Keys } } }));
    expect(Responses?.photos).to.deep.equal([{ pk: "b1", sk: "PHOTO" }]);
  });

  it("filters a scan by an expression", async () => {
    await put({ pk: "scan1", sk: "PHOTO", size: 5 });
    await put({ pk: "scan2", sk: "PHOTO", size: 15 });
    const { Items } = await documents.send(
      new ScanCommand({
        TableName,
        FilterExpression: "#size BETWEEN :low AND :high",
        ExpressionAttributeNames: { "#size": "size" },
        ExpressionAttributeValues: { ":low": 10, ":high": 20 },
      }),
    );
    expect(Items?.map(({ pk }) => pk)).to.deep.equal(["scan2"]);
  });

  const refused: [string, () => Promise<unknown>, string][] = [
    ["an item over 400 KB", () => put({ pk: "big", sk: "PHOTO", text: "x".repeat(410_000) }), "ValidationException"],
    ["an item without its keys", () => put({ pk: "no range key" }), "ValidationException"],
    [
      "an expression that does not parse",
      () =>
        documents.send(new UpdateCommand({ TableName, Key: { pk: "x", sk: "y" }, UpdateExpression: "SET a = = b" })),
      "ValidationException",
    ],
    [
      "a comparison that makes no sense of the stored types",
      async () => {
        await put({ pk: "types", sk: "PHOTO", size: 5 });
        await documents.send(
          new DeleteCommand({
            TableName,
            Key: { pk: "types", sk: "PHOTO" },
            ConditionExpression: "size(absent) BETWEEN :low AND :high",
            ExpressionAttributeValues: { ":low": 1, ":high": 2 },
          }),
        );
      },
      "ConditionalCheckFailedException",
    ],
    [
      "a table that the program does not declare",
      () => documents.send(new GetCommand({ TableName: "others", Key: { pk: "x" } })),
      "ResourceNotFoundException",
    ],
  ];
  for (const [what, attempt, error] of refused) {
    it(`refuses ${what} with ${error}`, async () => {
      expect(await rejection(attempt())).to.have.property("name", error);
    });
  }

  it("deletes what has lapsed, and spares what has not or never will", async () => {
    const seconds = Math.floor(clock.getTime() / 1000);
    await put({ pk: "lapsed", sk: "PHOTO", ttl: seconds + 10 });
    await put({ pk: "lapses later", sk: "PHOTO", ttl: seconds + 1000 });
    await put({ pk: "by mistake in milliseconds", sk: "PHOTO", ttl: clock.getTime() });
    await put({ pk: "never lapses", sk: "PHOTO", ttl: "soon" });
    clock = new Date(clock.getTime() + 60_000);
    expect(await dynamodb.sweep()).to.equal(1);
    const left = await Promise.all(
      ["lapsed", "lapses later", "by mistake in milliseconds", "never lapses"].map((pk) => get(pk)),
    );
    expect(left.map((item) => item !== undefined)).to.deep.equal([false, true, true, true]);
    const described = await documents.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(described.TimeToLiveDescription).to.deep.equal({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
  });

  it("keeps items and indexes over a restart", async () => {
    await put({ pk: "kept", sk: "PHOTO", gsi1pk: "KEEPER", gsi1sk: "1" });
    await test.restart();
    documents = connect();
    expect(await get("kept")).to.include({ gsi1pk: "KEEPER" });
    const { Items } = await documents.send(
      new QueryCommand({
        TableName,
        IndexName: "gsi1",
        KeyConditionExpression: "gsi1pk = :owner",
        ExpressionAttributeValues: { ":owner": "KEEPER" },
      }),
    );
    expect(Items).to.have.length(1);
  });
});

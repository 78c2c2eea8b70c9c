import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { startDynamoDb } from "../dynamodb/dynamodb.ts";
import { Engine } from "../dynamodb/engine.ts";
import { photosTable } from "./support/photos-table.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { startTestAccount, type TestAccount } from "./support/test-account.ts";

const TableName = "photos";
type Items = NonNullable<TransactWriteCommandInput["TransactItems"]>;

describe("transactions of the local DynamoDB", () => {
  let test: TestAccount;
  let documents: DynamoDBDocumentClient;
  let clock: Date;

  before(async () => {
    clock = new Date();
    test = await startTestAccount(
      recordingOf(photosTable),
      async (context) => [await startDynamoDb(context)],
      () => clock,
    );
    documents = DynamoDBDocumentClient.from(new DynamoDBClient(test.client()));
  });
  after(() => test.close());

  const keyOf = (pk: string) => ({ TableName, Key: { pk, sk: "PHOTO" } });
  const put = (pk: string, more: object = {}) => ({ Put: { TableName, Item: { pk, sk: "PHOTO", ...more } } });
  const addOne = (pk: string) => ({
    Update: { ...keyOf(pk), UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": 1 } },
  });
  const write = (TransactItems: Items, ClientRequestToken?: string) =>
    documents.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));
  const get = async (pk: string) => (await documents.send(new GetCommand(keyOf(pk)))).Item;

  it("land every part, with the entries of the index", async () => {
    await write([put("old")]);
    await write([
      put("new", { gsi1pk: "OWNER", gsi1sk: "new" }),
      addOne("counter"),
      { Delete: keyOf("old") },
      { ConditionCheck: { ...keyOf("absent"), ConditionExpression: "attribute_not_exists(pk)" } },
    ]);
    expect(await get("counter")).to.include({ n: 1 });
    expect(await get("old")).to.equal(undefined);
    const { Items } = await documents.send(
      new QueryCommand({
        TableName,
        IndexName: "gsi1",
        KeyConditionExpression: "gsi1pk = :owner",
        ExpressionAttributeValues: { ":owner": "OWNER" },
      }),
    );
    expect(Items?.map(({ pk }) => pk)).to.deep.equal(["new"]);
  });

  it("land nothing when one condition fails, and say why for each part", async () => {
    await write([put("taken", { by: "olga" })]);
    const error = await rejection(
      write([
        put("innocent"),
        {
          Put: {
            ...put("taken").Put,
            ConditionExpression: "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { ConditionCheck: { ...keyOf("absent"), ConditionExpression: "attribute_exists(pk)" } },
        {
          Update: {
            ...keyOf("wrong type"),
            UpdateExpression: "SET a = b + :one",
            ExpressionAttributeValues: { ":one": 1 },
          },
        },
      ]),
      TransactionCanceledException,
    );
    expect(error.CancellationReasons?.map(({ Code }) => Code)).to.deep.equal([
      "None",
      "ConditionalCheckFailed",
      "ConditionalCheckFailed",
      "ValidationError",
    ]);
    expect(error.CancellationReasons?.[1]?.Item).to.deep.include({ by: { S: "olga" } });
    expect(error.CancellationReasons?.[2]).not.to.have.property("Item");
    expect(await get("innocent")).to.equal(undefined);
  });

  it("never show one half to a reader of both", async () => {
    await write([addOne("left"), addOne("right")]);
    const read = async () => {
      const { Responses } = await documents.send(
        new TransactGetCommand({ TransactItems: ["left", "right"].map((pk) => ({ Get: keyOf(pk) })) }),
      );
      return Responses?.map(({ Item }) => Item?.n);
    };
    const rounds = Array.from({ length: 20 }, () => Promise.all([write([addOne("left"), addOne("right")]), read()]));
    for (const [, [left, right] = []] of await Promise.all(rounds)) expect(left).to.equal(right);
    expect(await read()).to.deep.equal([21, 21]);
  });

  it("run once for one client token, which another transaction may not take within ten minutes", async () => {
    await write([addOne("once")], "token");
    await write([addOne("once")], "token");
    expect(await get("once")).to.include({ n: 1 });
    const mismatch = await rejection(write([addOne("other")], "token"));
    expect(mismatch.name).to.equal("IdempotentParameterMismatchException");
    clock = new Date(clock.getTime() + 11 * 60_000);
    await write([addOne("other")], "token");
    expect(await get("other")).to.include({ n: 1 });
  });

  it("leave a client token free when they fail", async () => {
    const conditional = (condition: string) => [{ Put: { ...put("retried").Put, ConditionExpression: condition } }];
    await rejection(write(conditional("attribute_exists(pk)"), "retry"), TransactionCanceledException);
    await write(conditional("attribute_not_exists(pk)"), "retry");
    expect(await get("retried")).not.to.equal(undefined);
  });

  const refused: [string, Items][] = [
    ["no parts", []],
    ["101 parts", Array.from({ length: 101 }, (_, i) => put(`part ${i}`))],
    ["two parts for one item", [put("same"), addOne("same")]],
    ["a part of two kinds", [{ ...put("both"), ...addOne("both") }]],
    ["a check of no condition", [{ ConditionCheck: { ...keyOf("x"), ConditionExpression: undefined } }]],
    ["a key that is not the table's", [{ Delete: { TableName, Key: { pk: "x" } } }]],
  ];
  for (const [what, items] of refused) {
    it(`refuse ${what}`, async () => {
      expect((await rejection(write(items))).name).to.equal("ValidationException");
    });
  }

  it("are there whole or not at all after the process is killed", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
    const script = fileURLToPath(new URL("support/dynamodb-crashing-writer.ts", import.meta.url));
    const writer = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    let said = 0;
    await new Promise<void>((resolve) => {
      writer.once("exit", () => resolve());
      writer.stdout.on("data", (dots: Buffer) => {
        said += dots.length;
        if (said >= 50) writer.kill("SIGKILL");
      });
    });
    const engine = await Engine.open(dataDir);
    try {
      const counts: string[] = [];
      for await (const { n } of engine.items(TableName)) counts.push(String(n?.N));
      expect(counts).to.have.length(2);
      expect(counts[0]).to.equal(counts[1]);
      expect(Number(counts[0])).to.be.at.least(said);
    } finally {
      await engine.close();
      await rm(dataDir, { recursive: true });
    }
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { startDynamoDb } from "../dynamodb/dynamodb.ts";
import type { PolicyStatement } from "../iam/types.ts";
import type { RecordedResource } from "../program/recording.ts";
import { photosTable } from "./support/photos-table.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";

const TableName = "photos";
const tableArn = "arn:aws:dynamodb:eu-central-1:000000000000:table/photos";
const allow = (actions: string[], Resource: string, Condition?: PolicyStatement["Condition"]): PolicyStatement => ({
  Effect: "Allow",
  Action: actions.map((action) => `dynamodb:${action}`),
  Resource,
  ...(Condition && { Condition }),
});

const roles = {
  reader: [allow(["GetItem"], tableArn)],
  lister: [allow(["Query"], `${tableArn}/index/gsi1`)],
  checker: [allow(["PutItem", "ConditionCheckItem"], tableArn)],
  owner: [
    allow(["GetItem", "PutItem", "BatchWriteItem"], tableArn, {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["OLGA"] },
    }),
  ],
  titler: [
    allow(["UpdateItem"], tableArn, {
      "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "title"] },
    }),
  ],
  stranger: [],
} satisfies Record<string, PolicyStatement[]>;

const Key = { pk: "OLGA", sk: "PHOTO" };
const itemOf = (pk: string) => ({ TableName, Item: { pk, sk: "PHOTO" } });
const put = (pk: string) => new PutCommand(itemOf(pk));
const check = { TableName, Key, ConditionExpression: "attribute_not_exists(pk)" };
const setting = (UpdateExpression: string) =>
  new UpdateCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues: { ":value": "x" } });
const query = (IndexName?: string) =>
  new QueryCommand({
    TableName,
    IndexName,
    KeyConditionExpression: `${IndexName ? "gsi1pk" : "pk"} = :key`,
    ExpressionAttributeValues: { ":key": "OLGA" },
  });

/** A table that its own policy closes to everyone. */
const sealedArn = tableArn.replace("photos", "sealed");
const sealed = [
  recorded("aws:dynamodb/table:Table", "sealed", { ...photosTable.inputs, name: "sealed" }),
  recorded("aws:dynamodb/resourcePolicy:ResourcePolicy", "sealed", {
    resourceArn: sealedArn,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "dynamodb:*", Resource: sealedArn }],
    }),
  }),
];

describe("the local DynamoDB asks IAM", () => {
  let test: TestAccount;

  before(async () => {
    const resources = Object.entries(roles).flatMap(([name, statements]) => recordedRole(name, statements));
    test = await startTestAccount(recordingOf(photosTable, ...sealed, ...resources), async (context) => [
      await startDynamoDb(context),
    ]);
  });
  after(() => test.close());

  const as = (role: string) => DynamoDBDocumentClient.from(new DynamoDBClient(test.client(roleArn(role))));
  type Client = ReturnType<typeof as>;

  const cases: [keyof typeof roles, string, (client: Client) => Promise<unknown>, boolean][] = [
    ["reader", "get an item", (c) => c.send(new GetCommand({ TableName, Key })), true],
    ["reader", "put an item", (c) => c.send(put("OLGA")), false],
    ["reader", "delete an item", (c) => c.send(new DeleteCommand({ TableName, Key })), false],
    ["reader", "scan the table", (c) => c.send(new ScanCommand({ TableName })), false],
    ["reader", "get from another table", (c) => c.send(new GetCommand({ TableName: "albums", Key })), false],
    ["lister", "query the index", (c) => c.send(query("gsi1")), true],
    ["lister", "query the table itself", (c) => c.send(query()), false],
    [
      "checker",
      "put and check in a transaction",
      (c) => c.send(new TransactWriteCommand({ TransactItems: [{ Put: itemOf("FRED") }, { ConditionCheck: check }] })),
      true,
    ],
    [
      "checker",
      "delete in a transaction",
      (c) => c.send(new TransactWriteCommand({ TransactItems: [{ Delete: { TableName, Key } }] })),
      false,
    ],
    ["owner", "put under the key that its policy names", (c) => c.send(put("OLGA")), true],
    ["owner", "put under another key", (c) => c.send(put("FRED")), false],
    [
      "owner",
      "write a batch with one other key in it",
      (c) =>
        c.send(
          new BatchWriteCommand({
            RequestItems: { photos: ["OLGA", "FRED"].map((pk) => ({ PutRequest: { Item: { pk, sk: "PHOTO" } } })) },
          }),
        ),
      false,
    ],
    ["titler", "set the attribute that its policy names", (c) => c.send(setting("SET title = :value")), true],
    ["titler", "set another attribute", (c) => c.send(setting("SET ownerId = :value")), false],
    ["titler", "copy another attribute", (c) => c.send(setting("SET title = if_not_exists(ownerId, :value)")), false],
    ["stranger", "get an item", (c) => c.send(new GetCommand({ TableName, Key })), false],
  ];
  for (const [role, what, attempt, allowed] of cases) {
    it(`and ${allowed ? "lets" : "does not let"} the ${role} ${what}`, async () => {
      if (allowed) await attempt(as(role));
      else expect((await rejection(attempt(as(role)))).name).to.equal("AccessDeniedException");
    });
  }

  it("and obeys a denial in the table's own policy", async () => {
    const get = new GetCommand({ TableName: "sealed", Key });
    const error = await rejection(DynamoDBDocumentClient.from(new DynamoDBClient(test.client())).send(get));
    expect(error.message).to.match(/not authorized to perform: dynamodb:GetItem .* the resource-based policy denies/);
  });
});

describe("the local DynamoDB", () => {
  it("refuses to open a table whose keys the program has changed", async () => {
    const { context, close } = await startTestAccount(recordingOf(), async () => []);
    const dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
    const open = (table: RecordedResource) => startDynamoDb({ ...context, recording: recordingOf(table), dataDir });
    try {
      await (await open(photosTable)).close();
      const { globalSecondaryIndexes, ...inputs } = photosTable.inputs;
      const error = await rejection(open({ ...photosTable, inputs }));
      expect(error.message).to.match(/table photos is stored with other keys or indexes.*move .* away/s);
      await (await open(photosTable)).close();
    } finally {
      await rm(dataDir, { recursive: true });
      await close();
    }
  });
});

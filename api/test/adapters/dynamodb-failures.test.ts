import { createServer } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { listen } from "../../../local/listen.ts";
import type { RunningService } from "../../../local/service.ts";
import { toPhotoItem } from "../../adapters/dynamodb/photo-item.ts";
import { createDynamoDbPhotoStore } from "../../adapters/dynamodb/photo-store.ts";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { aPhoto, noon } from "../support/a-photo.ts";

const failure = (status: number, name: string) => ({
  status,
  body: { __type: `com.amazonaws.dynamodb#${name}`, message: name },
});

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

interface Keyed {
  readonly pk: { readonly S: string };
}

/** A batch of reads has `Keys`, a batch of writes is a list. */
interface BatchRequest {
  readonly RequestItems: {
    readonly photos: { readonly Keys: readonly Keyed[] } & readonly { readonly PutRequest: { readonly Item: Keyed } }[];
  };
}

/** What DynamoDB seldom does, by the script of a test, since the local one is never short of capacity. */
describe("The DynamoDB store, when DynamoDB", () => {
  let dynamoDb: RunningService;
  let client: DynamoDBClient;
  let script: (request: BatchRequest) => Answer;
  let calls: number;

  before(async () => {
    const server = createServer(async (request, response) => {
      calls += 1;
      const body = (await request.toArray()).join("");
      const { status = 200, body: answer } = script(JSON.parse(body));
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
    });
    dynamoDb = await listen(server, { port: 0, host: "127.0.0.1" });
    client = new DynamoDBClient({
      endpoint: dynamoDb.url,
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      maxAttempts: 1,
    });
  });
  after(async () => {
    client.destroy();
    await dynamoDb.close();
  });
  beforeEach(() => {
    calls = 0;
  });

  const openStore = () => createDynamoDbPhotoStore({ client, tableName: "photos", now: () => noon });
  const failing = (operation: Promise<unknown>) =>
    operation.then(
      () => undefined,
      (error: unknown) => error,
    );

  const passing: [string, Answer][] = [
    ["fails inside", failure(500, "InternalServerError")],
    ["throttles the table", failure(400, "ProvisionedThroughputExceededException")],
    ["throttles the account", failure(400, "RequestLimitExceeded")],
    ["throttles the caller", failure(400, "ThrottlingException")],
  ];
  for (const [title, answer] of passing) {
    it(`${title}, says that a dependency is unavailable`, async () => {
      script = () => answer;
      expect(await failing(openStore().find(aPhoto().id))).to.be.instanceOf(DependencyUnavailableError);
    });
  }

  it("throttles a write, does not take that for a condition that failed", async () => {
    script = () => failure(400, "ThrottlingException");
    const error = await failing(
      openStore().keepSignature(aPhoto().id, "media", { keyId: "K", resource: "r", expiresAt: noon, query: "q" }),
    );
    expect(error).to.be.instanceOf(DependencyUnavailableError);
  });

  for (const name of ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]) {
    it(`answers ${name}, does not pretend that it will pass`, async () => {
      script = () => failure(400, name);
      expect(await failing(openStore().find(aPhoto().id))).to.include({ name });
    });
  }

  it("can't be reached, says that a dependency is unavailable", async () => {
    const unreachable = new DynamoDBClient({
      endpoint: "http://127.0.0.1:1",
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      maxAttempts: 1,
    });
    const store = createDynamoDbPhotoStore({ client: unreachable, tableName: "photos" });
    expect(await failing(store.find(aPhoto().id))).to.be.instanceOf(DependencyUnavailableError);
  });

  it("leaves out part of a batch of reads, asks for the rest until it has all", async () => {
    const photos = Array.from({ length: 3 }, () => aPhoto());
    script = ({ RequestItems }) => {
      const [first, ...rest] = RequestItems.photos.Keys;
      const items = photos.map((photo) => toPhotoItem(photo)).filter(({ pk }) => pk?.S === first?.pk.S);
      return {
        body: { Responses: { photos: items }, UnprocessedKeys: rest.length > 0 ? { photos: { Keys: rest } } : {} },
      };
    };
    expect(await openStore().findMany(photos.map(({ id }) => id))).to.deep.equal(photos);
    expect(calls).to.equal(3);
  });

  it("never takes part of a batch, gives up and says that a dependency is unavailable", async () => {
    script = ({ RequestItems }) => ({ body: { Responses: {}, UnprocessedKeys: RequestItems } });
    expect(await failing(openStore().findMany([aPhoto().id]))).to.be.instanceOf(DependencyUnavailableError);
  });

  it("reads through photos that a filter leaves out, answers a page that is not full and a cursor to go on", async () => {
    const photos = Array.from({ length: 9 }, () => aPhoto());
    script = () => {
      const last = photos[calls];
      return { body: { Items: [], ...(last && { LastEvaluatedKey: toPhotoItem(last) }) } };
    };
    const page = await openStore().listByOwner("olga", { limit: 10, visibility: "public" });
    expect(page.items).to.deep.equal([]);
    expect(page).to.have.property("nextCursor");
  });

  const damages: [string, object][] = [
    ["pk", { pk: { S: "ALBUM#1" } }],
    ["ownerId", { ownerId: { N: "1" } }],
    ["size", { size: { N: "1.5" } }],
    ["status", { status: { S: "lost" } }],
    ["visibility", { visibility: undefined }],
    ["createdAt", { createdAt: { S: "yesterday" } }],
    ["width", { width: { S: "wide" } }],
    ["reason", { reason: { S: "boredom" } }],
    ["mediaSignature", { mediaSignature: { S: "Policy=" } }],
  ];
  for (const [attribute, damage] of damages) {
    it(`holds an item whose ${attribute} is damaged, names it instead of passing it on`, async () => {
      script = () => ({ body: { Item: { ...toPhotoItem(aPhoto()), ...damage } } });
      const error = await failing(openStore().find(aPhoto().id));
      expect(error).to.be.instanceOf(TypeError).with.property("message").that.includes(attribute);
    });
  }
});

import { hash } from "node:crypto";
import { type AttributeValue, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { createDynamoDbAnswerStore } from "../../adapters/dynamodb/answer-store.ts";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "../../domain/errors.ts";
import type { Answer, AnswerStore, Attempt, RepeatableRequest } from "../../domain/ports/answer-store.ts";
import { noon } from "../support/a-photo.ts";
import { startTestDynamoDb, type TestDynamoDb } from "../support/dynamodb.ts";

const fingerprint = (text: string) => hash("sha256", text, "buffer");
const answer: Answer = {
  status: 201,
  headers: { "content-type": "application/json", "set-cookie": ["a=1", "b=2"] },
  body: '{"url":"https://example.com/?Signature=secret"}',
};

describe("The DynamoDB store of answers", () => {
  let database: TestDynamoDb;
  let store: AnswerStore;
  let now: Date;
  let turn = 0;

  before(async () => {
    database = await startTestDynamoDb();
    store = createDynamoDbAnswerStore({ client: database.client, tableName: database.tableName, now: () => now });
  });
  after(() => database.close());
  beforeEach(() => {
    now = noon;
  });

  const newRequest = (): RepeatableRequest => {
    turn += 1;
    return { userId: "anna", key: `key-${turn}`, fingerprint: fingerprint("body") };
  };
  const later = (seconds: number) => {
    now = new Date(noon.getTime() + seconds * 1000);
  };

  async function attempt(request: RepeatableRequest): Promise<Attempt> {
    const outcome = await store.begin(request);
    return "keep" in outcome ? outcome : expect.fail("the request has been answered");
  }

  async function expectRefusal(request: RepeatableRequest, kind: new () => Error): Promise<void> {
    const refused = await store.begin(request).catch((error: unknown) => error);
    expect(refused).to.be.an.instanceOf(kind);
  }

  async function items(): Promise<Record<string, AttributeValue>[]> {
    const { Items = [] } = await database.client.send(new ScanCommand({ TableName: database.tableName }));
    return Items;
  }

  it("gives back what was kept", async () => {
    const request = newRequest();
    await (await attempt(request)).keep(answer);
    expect(await store.begin(request)).to.deep.equal(answer);
  });

  it("lets one attempt be under way, and another take over when it has not ended within a minute", async () => {
    const request = newRequest();
    await attempt(request);
    later(59);
    await expectRefusal(request, IdempotencyKeyInUseError);
    later(60);
    await attempt(request);
    await expectRefusal(request, IdempotencyKeyInUseError);
  });

  it("has the attempt whose first put arrived without the SDK's hearing so, and which it therefore put again", async () => {
    const request = newRequest();
    const { middlewareStack } = database.client;
    middlewareStack.add(
      (next) => async (args) => {
        await next(args);
        return next(args);
      },
      { step: "finalizeRequest", priority: "low", name: "send-twice" },
    );
    const first = await attempt(request).finally(() => middlewareStack.remove("send-twice"));
    await expectRefusal(request, IdempotencyKeyInUseError);
    await first.keep(answer);
    expect(await store.begin(request)).to.deep.equal(answer);
  });

  it("takes nothing from an attempt that another has taken over from", async () => {
    const request = newRequest();
    const slow = await attempt(request);
    later(60);
    const quick = await attempt(request);
    await quick.keep({ ...answer, body: "of the second" });
    await slow.keep({ ...answer, body: "of the first" });
    await slow.release();
    expect(await store.begin(request)).to.deep.include({ body: "of the second" });
  });

  it("lets a released request be tried anew at once, and only that request", async () => {
    const request = newRequest();
    await (await attempt(request)).release();
    await expectRefusal({ ...request, fingerprint: fingerprint("another body") }, IdempotencyKeyReusedError);
    await attempt(request);
  });

  it("refuses another request with the same key, answered or not", async () => {
    const request = newRequest();
    const other = { ...request, fingerprint: fingerprint("another body") };
    const first = await attempt(request);
    await expectRefusal(other, IdempotencyKeyReusedError);
    await first.keep(answer);
    await expectRefusal(other, IdempotencyKeyReusedError);
  });

  it("keeps users and their keys apart", async () => {
    await (await attempt({ userId: "an", key: "na1", fingerprint: fingerprint("body") })).keep(answer);
    await attempt({ userId: "ann", key: "a1", fingerprint: fingerprint("body") });
    await attempt({ userId: 'an","na1', key: "x", fingerprint: fingerprint("body") });
  });

  it("keeps an answer of several parts, and nothing that could be read in the table", async () => {
    const request = newRequest();
    // Random text, which does not compress.
    const body = Array.from({ length: 12_000 }, (_, index) => hash("sha512", `${index}`)).join("");
    await (await attempt(request)).keep({ ...answer, body });
    expect(await store.begin(request)).to.deep.equal({ ...answer, body });
    const parts = (await items()).filter(({ sk }) => sk?.S?.startsWith("ANSWER#"));
    expect(parts.length).to.be.greaterThan(2);
    const stored = JSON.stringify(await items(), (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    for (const secret of ["Signature=secret", request.key, "anna", body.slice(0, 100)]) {
      expect(stored.includes(secret), secret).to.equal(false);
    }
  });

  it("gives out no answer that was changed in the table, and does not do the request again either", async () => {
    const request = newRequest();
    const before = new Set((await items()).map(({ sk }) => sk?.S));
    await (await attempt(request)).keep(answer);
    const part = (await items()).find(({ sk }) => sk?.S?.startsWith("ANSWER#") && !before.has(sk.S));
    const data = Buffer.from(part?.data?.B ?? []);
    data[20] = (data[20] ?? 0) ^ 1;
    await database.client.send(
      new PutItemCommand({ TableName: database.tableName, Item: { ...part, data: { B: data } } }),
    );
    const outcome = await store.begin(request).catch((error: unknown) => error);
    expect(outcome).to.be.an.instanceOf(Error);
  });

  it("forgets after a day, and has DynamoDB delete what nobody asked for again", async () => {
    const request = newRequest();
    await (await attempt(request)).keep(answer);
    const dayLater = Math.ceil(noon.getTime() / 1000) + 86_400;
    for (const { ttl } of await items()) expect(Number(ttl?.N)).to.be.at.least(dayLater);
    later(86_400);
    await attempt({ ...request, fingerprint: fingerprint("another body") });
  });
});

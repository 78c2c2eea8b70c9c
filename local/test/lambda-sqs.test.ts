import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { PolicyStatement } from "../iam/types.ts";
import { createLambdaHost } from "../lambda/lambda-host.ts";
import type { RecordedResource } from "../program/recording.ts";
import { createQueues } from "../queues/queues.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";
import { recordedFunction } from "./support/test-function.ts";
import { queueArn, queueUrl, recordedQueue, redriveTo } from "./support/test-queue.ts";
import { until } from "./support/until.ts";

const take: PolicyStatement = {
  Effect: "Allow",
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  Resource: "*",
};
const roles = [
  ...recordedRole("worker", [take, { Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn("done") }]),
  ...recordedRole("may-not-delete", [{ ...take, Action: ["sqs:ReceiveMessage", "sqs:GetQueueAttributes"] }]),
];

/** A function that tells the queue `done` what it was given, by the SDK and its own role; `before` may fail first. */
function teller(name: string, before: string, inputs: RecordedResource["inputs"] = {}): RecordedResource {
  return recordedFunction(
    name,
    `const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
     const sqs = new SQSClient({});
     const tell = (text) => sqs.send(new SendMessageCommand({ QueueUrl: process.env.DONE, MessageBody: text }));
     exports.handler = async ({ Records }) => { ${before} };`,
    { timeout: 5, environment: { variables: { DONE: queueUrl("done") } }, ...inputs },
  );
}

function mapping(queue: string, inputs: RecordedResource["inputs"] = {}): RecordedResource {
  return recorded("aws:lambda/eventSourceMapping:EventSourceMapping", queue, {
    eventSourceArn: queueArn(queue),
    functionName: queue,
    ...inputs,
  });
}

const source = (name: string, inputs: RecordedResource["inputs"] = {}) =>
  recordedQueue(name, { visibilityTimeoutSeconds: 5, ...inputs });

const shapes = [source("shapes"), teller("shapes", "await tell(JSON.stringify(Records[0]));"), mapping("shapes")];
const batches = [
  source("batches"),
  teller("batches", "await tell(JSON.stringify(Records.map(({ body }) => body)));"),
  mapping("batches", { batchSize: 3, maximumBatchingWindowInSeconds: 20 }),
];
const poisoned = [
  source("poisoned", { visibilityTimeoutSeconds: 1, redrivePolicy: redriveTo("dead", 2) }),
  teller(
    "poisoned",
    `const failed = Records.filter(({ body }) => body === "poison");
     for (const { body } of Records) if (body !== "poison") await tell(body);
     return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };`,
    { timeout: 1 },
  ),
  mapping("poisoned", { functionResponseTypes: ["ReportBatchItemFailures"] }),
];
const killed = [
  source("killed", { visibilityTimeoutSeconds: 1 }),
  teller(
    "killed",
    `const { ApproximateReceiveCount } = Records[0].attributes;
     if (ApproximateReceiveCount === "1") process.kill(process.pid, "SIGKILL");
     await tell("attempt " + ApproximateReceiveCount);`,
    { timeout: 1 },
  ),
  mapping("killed"),
];
const interrupted = [
  source("interrupted", { visibilityTimeoutSeconds: 900 }),
  teller(
    "interrupted",
    `if (Records[0].attributes.ApproximateReceiveCount === "1") {
       console.log("holding");
       await new Promise((r) => setTimeout(r, 60_000));
     }
     await tell("after the restart");`,
    { timeout: 900 },
  ),
  mapping("interrupted"),
];
const misdeclared = [
  source("forbidden"),
  recordedFunction("forbidden", "exports.handler = async () => {};", { role: roleArn("may-not-delete") }),
  mapping("forbidden"),
  source("hasty", { visibilityTimeoutSeconds: 1 }),
  recordedFunction("hasty", "exports.handler = async () => {};", { timeout: 2 }),
  mapping("hasty"),
  source("filtered"),
  recordedFunction("filtered", "exports.handler = async () => {};"),
  mapping("filtered", { filterCriteria: { filters: [{ pattern: "{}" }] } }),
];

describe("a queue that is mapped to a function", () => {
  let test: TestAccount;
  let sqs: SQSClient;

  before(async () => {
    test = await startTestAccount(
      recordingOf(
        ...[recordedQueue("done"), recordedQueue("dead"), ...roles],
        ...[...shapes, ...batches, ...poisoned, ...killed, ...interrupted, ...misdeclared],
      ),
      async (context, account) => {
        const queues = createQueues(context);
        const lambda = createLambdaHost({
          ...context,
          queues: queues.service,
          sessionFor: account.sessionFor,
          environment: () => ({ AWS_ENDPOINT_URL: test.client().endpoint }),
          // The SDK sends to the host of a queue's URL, whatever its endpoint is.
          translate: (value) => value.replace("https://sqs.eu-central-1.amazonaws.com", test.client().endpoint),
        });
        lambda.startEventSources();
        const close = async () => {
          await lambda.close();
          await queues.close();
        };
        return [{ ...queues.sqs, close }];
      },
    );
    sqs = new SQSClient(test.client());
  });
  after(() => test.close());

  const send = (queue: string, MessageBody: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody }));
  const next = async (queue: string): Promise<string> => {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl(queue), WaitTimeSeconds: 20 });
    const [message] = (await sqs.send(command)).Messages ?? [];
    return message?.Body ?? expect.fail(`nothing came to ${queue}`);
  };

  it("gives the function records of AWS's shape, and deletes what it has done", async () => {
    const { MessageId, MD5OfMessageBody, MD5OfMessageAttributes } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl("shapes"),
        MessageBody: "a photo",
        MessageAttributes: { size: { DataType: "Number", StringValue: "12" } },
      }),
    );
    const { receiptHandle, attributes, ...record } = JSON.parse(await next("done"));
    expect(record).to.deep.equal({
      messageId: MessageId,
      body: "a photo",
      messageAttributes: {
        size: { stringValue: "12", stringListValues: [], binaryListValues: [], dataType: "Number" },
      },
      md5OfBody: MD5OfMessageBody,
      md5OfMessageAttributes: MD5OfMessageAttributes,
      eventSource: "aws:sqs",
      eventSourceARN: queueArn("shapes"),
      awsRegion: "eu-central-1",
    });
    expect(receiptHandle).to.be.a("string");
    expect(attributes).to.include({ ApproximateReceiveCount: "1" });
  });

  it("has a batch wait in its window until it is full", async () => {
    const Entries = ["1", "2", "3"].map((Id) => ({ Id, MessageBody: Id }));
    for (const entry of Entries) {
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl("batches"), Entries: [entry] }));
    }
    const told = JSON.parse(await next("done"));
    expect(told.sort()).to.deep.equal(["1", "2", "3"]);
  });

  it("gives up a poison message, and takes its neighbours and those after it", async () => {
    const Entries = ["before", "poison", "after"].map((MessageBody, i) => ({ Id: `${i}`, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl("poisoned"), Entries }));
    expect([await next("done"), await next("done")].sort()).to.deep.equal(["after", "before"]);
    await send("poisoned", "the next one");
    expect(await next("done")).to.equal("the next one");
    expect(await next("dead")).to.equal("poison");
  });

  it("tries again what a killed function was at", async () => {
    await send("killed", "x");
    expect(await next("done")).to.equal("attempt 2");
    expect(test.logged.join("\n")).to.match(/killed to killed: the function failed on 1 messages: .*Runtime.ExitError/);
  });

  it("gives a message back at once when the local cloud stops, and takes it up after the restart", async () => {
    await send("interrupted", "x");
    await until(() => test.logged.includes("interrupted: holding"));
    await test.restart();
    sqs = new SQSClient(test.client());
    expect(await next("done")).to.equal("after the restart");
  });

  const refusals: [string, string, RegExp][] = [
    ["a role that may not delete", "forbidden", /not authorized to perform: sqs:DeleteMessage/],
    [
      "a visibility timeout below the function's",
      "hasty",
      /visibility timeout: 1 seconds is less than Function timeout: 2/,
    ],
    ["a filter, which it cannot apply", "filtered", /filterCriteria/],
  ];
  for (const [what, name, reason] of refusals) {
    it(`is not started with ${what}, and the log says so`, () => {
      const line = test.logged.find((line) => line.startsWith(`lambda: the mapping ${name} is not started`));
      expect(line).to.match(reason);
    });
  }
});

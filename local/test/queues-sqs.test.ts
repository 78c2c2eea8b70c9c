import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createQueues } from "../queues/queues.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { startTestAccount, type TestAccount } from "./support/test-account.ts";
import { queueArn, queueUrl, recordedQueue, redriveTo } from "./support/test-queue.ts";

const names = ["plain", "waiting", "counted", "kept", "batches", "brief", "purged"];

describe("the local SQS, asked by a stock client", () => {
  let test: TestAccount;
  let sqs: SQSClient;

  before(async () => {
    test = await startTestAccount(
      recordingOf(
        ...names.map((name) => recordedQueue(name)),
        recordedQueue("short", { maxMessageSize: 1024 }),
        recordedQueue("slow", { delaySeconds: 900 }),
        recordedQueue("dead-letters"),
        recordedQueue("poisonable", { visibilityTimeoutSeconds: 0, redrivePolicy: redriveTo("dead-letters", 2) }),
      ),
      async (context) => {
        const { sqs, sns, close } = createQueues(context);
        return [{ ...sqs, close }, sns];
      },
    );
    sqs = new SQSClient(test.client());
  });
  after(() => test.close());

  const send = (name: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
    sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(name), MessageBody, ...more }));
  const receive = async (name: string, more: Partial<ReceiveMessageCommandInput> = {}) => {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl(name), MaxNumberOfMessages: 10, ...more });
    return (await sqs.send(command)).Messages ?? [];
  };
  const bodies = async (name: string, more?: Partial<ReceiveMessageCommandInput>) =>
    (await receive(name, more)).map(({ Body }) => Body);

  it("carries a message with its attributes, and digests that the client checks", async () => {
    const MessageAttributes = {
      title: { DataType: "String", StringValue: "Olga's photo" },
      size: { DataType: "Number.int", StringValue: "12" },
      thumb: { DataType: "Binary", BinaryValue: Uint8Array.of(1, 2, 3) },
    };
    const sent = await send("plain", "héllo", { MessageAttributes });
    const [message] = await receive("plain", { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] });
    expect(message).to.deep.include({ MessageId: sent.MessageId, Body: "héllo", MessageAttributes });
    expect(message?.MD5OfMessageAttributes).to.equal(sent.MD5OfMessageAttributes);
    expect(message?.Attributes).to.include({ ApproximateReceiveCount: "1" });
    expect(message?.Attributes).to.have.all.keys(
      "SenderId",
      "SentTimestamp",
      "ApproximateReceiveCount",
      "ApproximateFirstReceiveTimestamp",
    );
  });

  it("digests attributes as AWS does", async () => {
    const timestamp = { DataType: "Number", StringValue: "1493147359900" };
    const sent = await send("purged", "x", { MessageAttributes: { timestamp } });
    expect(sent.MD5OfMessageAttributes).to.equal("235c5c510d26fb653d073faed50ae77c");
  });

  it("hides a received message, and shows it again when its receiver lets go", async () => {
    await send("counted", "seen twice");
    const [first] = await receive("counted");
    expect(await receive("counted")).to.deep.equal([]);
    const handle = { QueueUrl: queueUrl("counted"), ReceiptHandle: first?.ReceiptHandle };
    await sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }));
    const [second] = await receive("counted", { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
    expect(second?.Attributes).to.deep.equal({ ApproximateReceiveCount: "2" });

    await sqs.send(new DeleteMessageCommand(handle));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl("counted"), AttributeNames: ["All"] }),
    );
    expect(Attributes, "a handle that a later receive made void").to.include({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "1",
    });
    await sqs.send(new DeleteMessageCommand({ ...handle, ReceiptHandle: second?.ReceiptHandle }));
    const late = sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }));
    expect((await rejection(late)).name).to.equal("InvalidParameterValueException");
  });

  it("wakes a waiting receive when a message is sent", async () => {
    const waiting = bodies("waiting", { WaitTimeSeconds: 20 });
    // Sent by a second connection while the first one waits.
    await send("waiting", "at last");
    expect(await waiting).to.deep.equal(["at last"]);
  });

  it("wakes a waiting receive when a message comes into sight again", async () => {
    await send("brief", "again");
    await receive("brief", { VisibilityTimeout: 1 });
    expect(await bodies("brief", { WaitTimeSeconds: 20 })).to.deep.equal(["again"]);
  });

  it("keeps a delayed message back", async () => {
    await send("slow", "later");
    await send("slow", "now", { DelaySeconds: 0 });
    expect(await bodies("slow")).to.deep.equal(["now"]);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl("slow"),
        AttributeNames: ["ApproximateNumberOfMessagesDelayed"],
      }),
    );
    expect(Attributes).to.deep.equal({ ApproximateNumberOfMessagesDelayed: "1" });
  });

  it("gives a message up after too many receives, and moves it back when asked to", async () => {
    await send("poisonable", "poison");
    for (let attempt = 0; attempt < 2; attempt++) expect(await bodies("poisonable")).to.deep.equal(["poison"]);
    const arriving = receive("dead-letters", { WaitTimeSeconds: 20, MessageSystemAttributeNames: ["All"] });
    expect(await bodies("poisonable")).to.deep.equal([]);
    const [dead] = await arriving;
    expect(dead).to.include({ Body: "poison" });
    expect(dead?.Attributes).to.include({
      ApproximateReceiveCount: "3",
      DeadLetterQueueSourceArn: queueArn("poisonable"),
    });
    const SourceArn = queueArn("dead-letters");
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 }));
    expect(Results.map(({ Status, ApproximateNumberOfMessagesMoved: moved }) => ({ Status, moved }))).to.deep.equal([
      { Status: "COMPLETED", moved: 1 },
    ]);
    expect(await bodies("poisonable")).to.deep.equal(["poison"]);
    expect(await bodies("dead-letters")).to.deep.equal([]);
  });

  it("sends and deletes batches, and says which entries failed", async () => {
    const { Successful, Failed } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl("short"),
        Entries: [
          { Id: "good", MessageBody: "good" },
          { Id: "long", MessageBody: "x".repeat(1025) },
          { Id: "control", MessageBody: "bell \u0007" },
        ],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["good"]);
    expect(Failed?.map(({ Id, Code }) => [Id, Code])).to.deep.equal([
      ["long", "InvalidParameterValueException"],
      ["control", "InvalidMessageContents"],
    ]);
    const [message] = await receive("short");
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl("short"),
        Entries: [
          { Id: "good", ReceiptHandle: message?.ReceiptHandle },
          { Id: "bad", ReceiptHandle: "not one of ours" },
        ],
      }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).to.deep.equal(["good"]);
    expect(deleted.Failed?.map(({ Code }) => Code)).to.deep.equal(["ReceiptHandleIsInvalid"]);
  });

  it("hands a hundred messages out to ten receivers, each once", async () => {
    const sent = Array.from({ length: 100 }, (_, i) => `message ${i}`);
    await Promise.all(sent.map((body) => send("batches", body)));
    const received = await Promise.all(Array.from({ length: 10 }, () => bodies("batches")));
    expect(received.flat().sort()).to.deep.equal(sent.sort());
  });

  it("finds queues by name and prefix, and empties one", async () => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "purged" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "doomed" }));
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await bodies("purged")).to.deep.equal([]);
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: "pu" }));
    expect(QueueUrls).to.deep.equal([QueueUrl]);
  });

  const refused: [string, () => Promise<unknown>, string][] = [
    ["a queue that the program does not declare", () => send("unknown", "x"), "QueueDoesNotExist"],
    ["an empty message", () => send("plain", ""), "InvalidMessageContents"],
    ["a message over the queue's limit", () => send("short", "x".repeat(1025)), "InvalidParameterValueException"],
    ["eleven messages at once", () => receive("plain", { MaxNumberOfMessages: 11 }), "InvalidParameterValueException"],
    ["a delay of a day", () => send("plain", "x", { DelaySeconds: 86_400 }), "InvalidParameterValueException"],
    [
      "a batch with one id twice",
      () => {
        const Entries = ["1", "2"].map((MessageBody) => ({ Id: "same", MessageBody }));
        return sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl("plain"), Entries }));
      },
      "BatchEntryIdsNotDistinct",
    ],
    [
      "a handle that no receive answered",
      () => sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl("plain"), ReceiptHandle: "forged" })),
      "ReceiptHandleIsInvalid",
    ],
  ];
  for (const [what, attempt, error] of refused) {
    it(`refuses ${what} with ${error}`, async () => {
      expect((await rejection(attempt())).name).to.equal(error);
    });
  }

  it("keeps messages, and who has received them, over a restart", async () => {
    await send("kept", "in flight");
    const [held] = await receive("kept");
    await send("kept", "waiting");
    await test.restart();
    sqs = new SQSClient(test.client());
    expect(await bodies("kept")).to.deep.equal(["waiting"]);
    const handle = { QueueUrl: queueUrl("kept"), ReceiptHandle: held?.ReceiptHandle };
    await sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }));
    expect(await bodies("kept")).to.deep.equal(["in flight"]);
  });
});

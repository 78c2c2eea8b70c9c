import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { queueArn, queueUrl } from "../../local/test/support/test-queue.ts";
import { backoffSeconds } from "../backoff.ts";
import type { SqsRecord } from "../handle-batch.ts";
import { sqsEvent, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";

describe("a message that fails", () => {
  const QueueUrl = queueUrl("uploads");
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform();
  });
  after(() => platform.close());

  async function receive(): Promise<SqsRecord | undefined> {
    const command = new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
    const [message] = (await platform.clients.sqs.send(command)).Messages ?? [];
    if (!message) return undefined;
    const {
      MessageId = "",
      ReceiptHandle = "",
      Body = "",
      Attributes: { ApproximateReceiveCount = "" } = {},
    } = message;
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      eventSourceARN: queueArn("uploads"),
      body: Body,
      attributes: { ApproximateReceiveCount },
    };
  }

  it("comes back after half a minute, then after twice as long, and not when the queue would give it back", async () => {
    await platform.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "not JSON" }));
    for (const seconds of [30, 60, 120]) {
      const record = (await receive()) ?? expect.fail(`nothing came ${seconds} seconds before`);
      const { batchItemFailures } = await platform.handler({ Records: [record] });
      expect(batchItemFailures).to.deep.equal([{ itemIdentifier: record.messageId }]);
      platform.passTime(seconds - 10);
      expect(await receive()).to.equal(undefined);
      platform.passTime(10);
    }
  });

  it("is reported as failed even when it can't be postponed", async () => {
    const event = sqsEvent("not JSON");
    const [{ messageId } = { messageId: "" }] = event.Records;
    expect(await platform.handler(event)).to.deep.equal({ batchItemFailures: [{ itemIdentifier: messageId }] });
    expect(platform.logged.at(-1)).to.include("could not be postponed").and.include(messageId);
  });

  const waits: [receives: number, seconds: number][] = [
    [1, 30],
    [2, 60],
    [5, 480],
    [6, 900],
    [9, 900],
  ];
  for (const [receives, seconds] of waits) {
    it(`waits for ${seconds} seconds after attempt ${receives}`, () => {
      expect(backoffSeconds(receives)).to.equal(seconds);
    });
  }
});

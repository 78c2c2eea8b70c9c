import { GetTopicAttributesCommand, ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createQueues } from "../queues/queues.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";
import { queueArn, queuePolicy, queueUrl, recordedQueue } from "./support/test-queue.ts";

const TopicArn = "arn:aws:sns:eu-central-1:000000000000:photos";

function subscription(protocol: string, endpoint: string, inputs: object = {}) {
  const arn = `${TopicArn}:${crypto.randomUUID()}`;
  const type = "aws:sns/topicSubscription:TopicSubscription";
  return recorded(type, endpoint, { topic: TopicArn, protocol, endpoint, ...inputs }, { id: arn, arn });
}

function letTopicSend(queue: string) {
  return queuePolicy(queue, {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn(queue),
    Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
  });
}

describe("the local SNS, asked by a stock client", () => {
  let test: TestAccount;
  let sns: SNSClient;
  let sqs: SQSClient;

  before(async () => {
    test = await startTestAccount(
      recordingOf(
        recorded(
          "aws:sns/topic:Topic",
          "photos",
          { name: "photos", displayName: "Photos" },
          { id: TopicArn, arn: TopicArn },
        ),
        recorded("aws:sns/topicPolicy:TopicPolicy", "photos", {
          arn: TopicArn,
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Deny",
                Principal: "*",
                Action: "sns:Publish",
                Resource: TopicArn,
                Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("worker") } },
              },
            ],
          }),
        }),
        ...["enveloped", "raw", "closed"].map((name) => recordedQueue(name)),
        letTopicSend("enveloped"),
        letTopicSend("raw"),
        subscription("sqs", queueArn("enveloped")),
        subscription("sqs", queueArn("raw"), { rawMessageDelivery: true }),
        subscription("sqs", queueArn("closed")),
        subscription("email", "olga@example.com"),
        ...recordedRole("worker", [{ Effect: "Allow", Action: "sns:*", Resource: "*" }]),
        ...recordedRole("other", [{ Effect: "Allow", Action: "sns:*", Resource: "*" }]),
      ),
      async (context) => {
        const queues = createQueues(context);
        return [queues.sns, { ...queues.sqs, close: queues.close }];
      },
    );
    sns = new SNSClient(test.client(roleArn("worker")));
    sqs = new SQSClient(test.client());
  });
  after(() => test.close());

  const receive = async (queue: string) => {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl(queue), MessageAttributeNames: ["All"] });
    return (await sqs.send(command)).Messages?.[0];
  };

  it("delivers to queues, in an envelope or raw, and says in the log what it does not deliver", async () => {
    const status = { DataType: "String", StringValue: "ready" };
    const { MessageId } = await sns.send(
      new PublishCommand({ TopicArn, Message: "<photo & more>", Subject: "Ready", MessageAttributes: { status } }),
    );
    const envelope = JSON.parse((await receive("enveloped"))?.Body ?? "");
    expect(envelope).to.deep.include({
      Type: "Notification",
      MessageId,
      TopicArn,
      Subject: "Ready",
      Message: "<photo & more>",
      MessageAttributes: { status: { Type: "String", Value: "ready" } },
    });
    expect(await receive("raw")).to.deep.include({ Body: "<photo & more>", MessageAttributes: { status } });
    expect(await receive("closed")).to.equal(undefined);
    const log = test.logged.join("\n");
    expect(log).to.match(/not delivered to arn:aws:sqs:.*:closed: .*not authorized to perform: sqs:SendMessage/);
    expect(log).to.match(/not delivered to olga@example.com: .* not by email/);
  });

  it("sends each protocol the message that was written for it", async () => {
    const Message = JSON.stringify({ default: "for others", sqs: "for queues" });
    await sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: "json" }));
    expect((await receive("raw"))?.Body).to.equal("for queues");
  });

  it("lists and describes topics", async () => {
    expect((await sns.send(new ListTopicsCommand({}))).Topics).to.deep.equal([{ TopicArn }]);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).to.include({ TopicArn, DisplayName: "Photos", Owner: "000000000000" });
  });

  const refused: [string, () => Promise<unknown>, string][] = [
    [
      "a publisher whom the topic's policy denies",
      () => new SNSClient(test.client(roleArn("other"))).send(new PublishCommand({ TopicArn, Message: "x" })),
      "AuthorizationErrorException",
    ],
    [
      "a topic that the program does not declare",
      () => sns.send(new PublishCommand({ TopicArn: `${TopicArn}-2`, Message: "x" })),
      "NotFoundException",
    ],
    [
      "a message over 256 KB",
      () => sns.send(new PublishCommand({ TopicArn, Message: "x".repeat(256 * 1024 + 1) })),
      "InvalidParameterException",
    ],
    [
      "a structure without a default",
      () => sns.send(new PublishCommand({ TopicArn, Message: "{}", MessageStructure: "json" })),
      "InvalidParameterException",
    ],
    [
      "a text message, which it cannot send",
      () => sns.send(new PublishCommand({ PhoneNumber: "+4912345678", Message: "x" })),
      "NotImplemented",
    ],
  ];
  for (const [what, attempt, error] of refused) {
    it(`refuses ${what} with ${error}`, async () => {
      expect((await rejection(attempt())).name).to.equal(error);
    });
  }
});

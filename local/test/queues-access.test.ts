import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { AwsError } from "../gateway/protocols.ts";
import { createQueues, type Queues } from "../queues/queues.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";
import { queueArn, queuePolicy, queueUrl, recordedQueue, redriveTo } from "./support/test-queue.ts";

const bucketArn = "arn:aws:s3:::latchkey-media";
const QueueUrl = queueUrl("uploads");
const ReceiptHandle = Buffer.from(`${crypto.randomUUID()} ${"0".repeat(32)}`).toString("base64");

describe("the local SQS asks IAM", () => {
  let test: TestAccount;
  let queues: Queues;

  before(async () => {
    test = await startTestAccount(
      recordingOf(
        recordedQueue("uploads", { redrivePolicy: redriveTo("dead", 3) }),
        recordedQueue("dead"),
        recordedQueue("sealed"),
        recordedQueue("choosy", {
          redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queueArn("named")] }),
        }),
        recordedQueue("named", { redrivePolicy: redriveTo("choosy", 1) }),
        recordedQueue("unnamed", { redrivePolicy: redriveTo("choosy", 1) }),
        queuePolicy("uploads", {
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queueArn("uploads"),
          Condition: {
            ArnEquals: { "aws:SourceArn": bucketArn },
            StringEquals: { "aws:SourceAccount": "000000000000" },
          },
        }),
        queuePolicy("sealed", { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: queueArn("sealed") }),
        ...recordedRole("sender", [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }]),
        ...recordedRole("worker", [
          {
            Effect: "Allow",
            Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            Resource: queueArn("uploads"),
          },
        ]),
      ),
      async (context) => {
        queues = createQueues(context);
        return [{ ...queues.sqs, close: queues.close }];
      },
    );
  });
  after(() => test.close());

  const as = (role?: string) => new SQSClient(test.client(role && roleArn(role)));
  type Client = ReturnType<typeof as>;
  const attributesOf = (name: string) =>
    new GetQueueAttributesCommand({ QueueUrl: queueUrl(name), AttributeNames: ["All"] });

  const cases: [string, string, (client: Client) => Promise<unknown>, boolean][] = [
    ["sender", "send", (c) => c.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })), true],
    ["sender", "receive", (c) => c.send(new ReceiveMessageCommand({ QueueUrl })), false],
    ["sender", "delete", (c) => c.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })), false],
    ["sender", "list queues", (c) => c.send(new ListQueuesCommand({})), false],
    [
      "sender",
      "send to a queue that denies everybody",
      (c) => c.send(new SendMessageCommand({ QueueUrl: queueUrl("sealed"), MessageBody: "x" })),
      false,
    ],
    ["worker", "receive", (c) => c.send(new ReceiveMessageCommand({ QueueUrl })), true],
    ["worker", "delete", (c) => c.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })), true],
    ["worker", "read attributes", (c) => c.send(attributesOf("uploads")), true],
    ["worker", "read another queue's attributes", (c) => c.send(attributesOf("dead")), false],
    ["worker", "send", (c) => c.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })), false],
    [
      "worker",
      "move dead letters back",
      (c) => c.send(new StartMessageMoveTaskCommand({ SourceArn: queueArn("dead") })),
      false,
    ],
    [
      "worker",
      "see what dead letters were moved",
      (c) => c.send(new ListMessageMoveTasksCommand({ SourceArn: queueArn("dead") })),
      false,
    ],
  ];
  for (const [role, what, attempt, allowed] of cases) {
    it(`and ${allowed ? "lets" : "does not let"} the ${role} ${what}`, async () => {
      if (allowed) await attempt(as(role));
      else expect((await rejection(attempt(as(role)))).name).to.equal("AccessDeniedException");
    });
  }

  const deliveries: [string, string, string, string, boolean][] = [
    ["lets S3 send for the bucket that the policy names", "uploads", "s3.amazonaws.com", bucketArn, true],
    ["does not let S3 send for another bucket", "uploads", "s3.amazonaws.com", "arn:aws:s3:::other", false],
    ["does not let another service send", "uploads", "events.amazonaws.com", bucketArn, false],
    ["does not let a service send to a queue without a policy", "dead", "s3.amazonaws.com", bucketArn, false],
  ];
  for (const [title, queue, service, sourceArn, allowed] of deliveries) {
    it(`and ${title}`, () => {
      const deliver = () => queues.deliver(queueArn(queue), "{}", { service, sourceArn });
      if (allowed) deliver();
      else expect(deliver).to.throw(AwsError).with.property("code", "AccessDeniedException");
    });
  }

  it("and obeys a dead-letter queue that takes messages of named queues only", async () => {
    const { MessageId } = await as().send(new SendMessageCommand({ QueueUrl: queueUrl("named"), MessageBody: "x" }));
    expect(MessageId).to.be.a("string");
    await rejection(as().send(new SendMessageCommand({ QueueUrl: queueUrl("unnamed"), MessageBody: "x" })));
    expect(test.logged.join("\n")).to.match(/unnamed: the redriveAllowPolicy of choosy does not let it send there/);
  });
});

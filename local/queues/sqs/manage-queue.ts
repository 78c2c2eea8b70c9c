import Type from "typebox";
import { AwsError } from "../../gateway/protocols.ts";
import type { AwsCall } from "../../service.ts";
import type { Queue } from "../declared-queues.ts";
import type { QueueService } from "../queue-service.ts";
import { queueAt, read, type SqsOperation } from "./input.ts";

const OfQueue = Type.Object({ QueueUrl: Type.String() });
const AttributesInput = Type.Object({
  QueueUrl: Type.String(),
  AttributeNames: Type.Optional(Type.Array(Type.String())),
});
const UrlInput = Type.Object({ QueueName: Type.String() });
const ListInput = Type.Object({ QueueNamePrefix: Type.Optional(Type.String()) });

export const getQueueAttributes: SqsOperation = async (service, input, { principal }) => {
  const { QueueUrl, AttributeNames = [] } = read(AttributesInput, input);
  const queue = queueAt(service, QueueUrl);
  service.require(principal, "GetQueueAttributes", queue);
  const known = attributesOf(service, queue);
  const unknown = AttributeNames.find(
    (name) => name !== "All" && !Object.hasOwn(known, name) && !optional.includes(name),
  );
  if (unknown) throw new AwsError("InvalidAttributeName", 400, `Unknown Attribute ${unknown}.`);
  const wanted = Object.entries(known).filter(
    ([name]) => AttributeNames.includes("All") || AttributeNames.includes(name),
  );
  return { Attributes: Object.fromEntries(wanted) };
};

export const getQueueUrl: SqsOperation = async (service, input, call) => {
  const { QueueName } = read(UrlInput, input);
  const queue = service.byArn(service.declared.arnOf(QueueName));
  service.require(call.principal, "GetQueueUrl", queue);
  return { QueueUrl: urlOf(queue, call) };
};

export const listQueues: SqsOperation = async (service, input, call) => {
  const { QueueNamePrefix = "" } = read(ListInput, input);
  service.requireOfAccount(call.principal, "ListQueues");
  const queues = service.declared.all().filter(({ name }) => name.startsWith(QueueNamePrefix));
  return { QueueUrls: queues.map((queue) => urlOf(queue, call)) };
};

export const purgeQueue: SqsOperation = async (service, input, { principal }) => {
  const queue = queueAt(service, read(OfQueue, input).QueueUrl);
  service.require(principal, "PurgeQueue", queue);
  service.store.purge(queue.arn);
  return {};
};

/** Attributes that a queue has only when the program gives them. */
const optional = ["Policy", "RedrivePolicy"];

function attributesOf(service: QueueService, queue: Queue): Readonly<Record<string, string>> {
  const { visible, inFlight, delayed } = service.store.count(queue.arn, service.now());
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    DelaySeconds: String(queue.delay),
    MaximumMessageSize: String(queue.maxMessageBytes),
    MessageRetentionPeriod: String(queue.retention),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWait),
    VisibilityTimeout: String(queue.visibilityTimeout),
    ...(queue.policy && { Policy: JSON.stringify(queue.policy) }),
    ...(queue.redrive && { RedrivePolicy: JSON.stringify(queue.redrive) }),
  };
}

/** By the address that the caller used, which is where it can reach the queue. */
function urlOf(queue: Queue, { headers }: AwsCall): string {
  const [, , , , accountId] = queue.arn.split(":");
  return `http://${headers.host}/${accountId}/${queue.name}`;
}

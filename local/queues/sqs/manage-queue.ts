import { randomUUID } from "node:crypto";
import Type from "typebox";
import { AwsError } from "../../gateway/protocols.ts";
import type { AwsCall } from "../../service.ts";
import type { Queue } from "../declared-queues.ts";
import type { QueueService } from "../queue-service.ts";
import { invalid, queueAt, read, type SqsOperation } from "./input.ts";

const OfQueue = Type.Object({ QueueUrl: Type.String() });
const AttributesInput = Type.Object({
  QueueUrl: Type.String(),
  AttributeNames: Type.Optional(Type.Array(Type.String())),
});
const UrlInput = Type.Object({ QueueName: Type.String() });
const ListInput = Type.Object({ QueueNamePrefix: Type.Optional(Type.String()) });
const MoveInput = Type.Object({ SourceArn: Type.String(), DestinationArn: Type.Optional(Type.String()) });

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

/** Moves dead letters back to where they came from, or elsewhere; here the task has ended when it is answered. */
export const startMessageMoveTask: SqsOperation = async (service, input, { principal }) => {
  const { SourceArn, DestinationArn } = read(MoveInput, input);
  const source = service.byArn(SourceArn);
  for (const action of ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage"]) {
    service.require(principal, action, source);
  }
  const origins = service.declared.sourcesOf(source.arn);
  if (origins.length === 0) throw invalid("Source queue must be configured as a Dead Letter Queue.");
  const destinations = DestinationArn === undefined ? origins : [service.byArn(DestinationArn)];
  for (const destination of destinations) service.require(principal, "SendMessage", destination);
  service.store.redrive(
    source.arn,
    (origin) => (DestinationArn === undefined ? origins.find(({ arn }) => arn === origin) : destinations[0]),
    service.now(),
  );
  for (const destination of destinations) service.announce(destination);
  return { TaskHandle: Buffer.from(`${source.arn} ${randomUUID()}`).toString("base64") };
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

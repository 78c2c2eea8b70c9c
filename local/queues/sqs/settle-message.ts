import Type, { type Static } from "typebox";
import { AwsError } from "../../gateway/protocols.ts";
import type { Queue } from "../declared-queues.ts";
import type { QueueService } from "../queue-service.ts";
import { batchOf, inBatch, invalid, queueAt, read, readReceipt, type SqsOperation } from "./input.ts";

const Deletion = Type.Object({ ReceiptHandle: Type.String() });
const Change = Type.Object({
  ReceiptHandle: Type.String(),
  VisibilityTimeout: Type.Integer({ minimum: 0, maximum: 43_200 }),
});
const DeleteInput = Type.Object({ QueueUrl: Type.String(), ...Deletion.properties });
const DeleteBatchInput = batchOf(Deletion);
const ChangeInput = Type.Object({ QueueUrl: Type.String(), ...Change.properties });
const ChangeBatchInput = batchOf(Change);

export const deleteMessage: SqsOperation = async (service, input, { principal }) => {
  const { QueueUrl, ReceiptHandle } = read(DeleteInput, input);
  const queue = queueAt(service, QueueUrl);
  service.require(principal, "DeleteMessage", queue);
  service.store.delete(queue.arn, readReceipt(ReceiptHandle));
  return {};
};

export const deleteMessageBatch: SqsOperation = async (service, input, { principal }) => {
  const { QueueUrl, Entries } = read(DeleteBatchInput, input);
  const queue = queueAt(service, QueueUrl);
  service.require(principal, "DeleteMessage", queue);
  return inBatch(Entries, ({ ReceiptHandle }) => {
    service.store.delete(queue.arn, readReceipt(ReceiptHandle));
    return {};
  });
};

export const changeMessageVisibility: SqsOperation = async (service, input, { principal }) => {
  const request = read(ChangeInput, input);
  const queue = queueAt(service, request.QueueUrl);
  service.require(principal, "ChangeMessageVisibility", queue);
  return change(service, queue, request);
};

export const changeMessageVisibilityBatch: SqsOperation = async (service, input, { principal }) => {
  const { QueueUrl, Entries } = read(ChangeBatchInput, input);
  const queue = queueAt(service, QueueUrl);
  service.require(principal, "ChangeMessageVisibility", queue);
  return inBatch(Entries, (entry) => change(service, queue, entry));
};

function change(
  service: QueueService,
  queue: Queue,
  { ReceiptHandle, VisibilityTimeout }: Static<typeof Change>,
): object {
  const outcome = service.store.changeVisibility(
    queue.arn,
    readReceipt(ReceiptHandle),
    VisibilityTimeout,
    service.now(),
  );
  if (outcome === "absent") throw invalid("Message does not exist or is not available for visibility timeout change.");
  if (outcome === "not-in-flight") throw new AwsError("MessageNotInflight", 400, "The message is not in flight.");
  service.announce(queue);
  return {};
}

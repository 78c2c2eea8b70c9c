import Type from "typebox";
import { Value } from "typebox/value";
import type { Queue } from "../queues/declared-queues.ts";
import { md5OfAttributes } from "../queues/message-attributes.ts";
import { md5, systemAttributes } from "../queues/message-facts.ts";
import type { StoredMessage } from "../queues/message-store.ts";
import { formatReceiptHandle } from "../queues/receipt-handle.ts";

/** The event, as JSON, that Lambda gives a function for a batch of messages. */
export function sqsEvent(queue: Queue, region: string, messages: readonly StoredMessage[]): string {
  const Records = messages.map((message) => ({
    messageId: message.id,
    receiptHandle: formatReceiptHandle(message.receipt),
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: attributesOf(message),
    md5OfBody: md5(message.body),
    ...(Object.keys(message.attributes).length > 0 && { md5OfMessageAttributes: md5OfAttributes(message.attributes) }),
    eventSource: "aws:sqs",
    eventSourceARN: queue.arn,
    awsRegion: region,
  }));
  return JSON.stringify({ Records });
}

function attributesOf({ attributes }: StoredMessage): object {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    {
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    },
  ]);
  return Object.fromEntries(entries);
}

const BatchResponse = Type.Object({
  batchItemFailures: Type.Optional(
    Type.Union([Type.Null(), Type.Array(Type.Object({ itemIdentifier: Type.String() }))]),
  ),
});

/**
 * The messages that a function's answer reports as failed under `ReportBatchItemFailures`. As with Lambda, an answer of
 * nothing means that all is well, and one that cannot be read, or names a message of another batch, that nothing is.
 */
export function reportedFailures(answer: string, messages: readonly StoredMessage[]): readonly StoredMessage[] {
  const response: unknown = JSON.parse(answer);
  if (response === null || response === "") return [];
  if (!Value.Check(BatchResponse, response)) return messages;
  const failed = (response.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  const byId = new Map(messages.map((message) => [message.id, message]));
  return failed.every((id) => byId.has(id)) ? messages.filter(({ id }) => failed.includes(id)) : messages;
}

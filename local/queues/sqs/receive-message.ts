import Type from "typebox";
import { md5OfAttributes, selectAttributes } from "../message-attributes.ts";
import { md5, systemAttributes } from "../message-facts.ts";
import type { StoredMessage } from "../message-store.ts";
import { formatReceiptHandle } from "../receipt-handle.ts";
import { queueAt, read, type SqsOperation } from "./input.ts";

const Names = Type.Optional(Type.Array(Type.String()));
const ReceiveInput = Type.Object({
  QueueUrl: Type.String(),
  /** The older name of `MessageSystemAttributeNames`. */
  AttributeNames: Names,
  MessageSystemAttributeNames: Names,
  MessageAttributeNames: Names,
  MaxNumberOfMessages: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  VisibilityTimeout: Type.Optional(Type.Integer({ minimum: 0, maximum: 43_200 })),
  WaitTimeSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
});

export const receiveMessage: SqsOperation = async (service, input, { principal }) => {
  const request = read(ReceiveInput, input);
  const queue = queueAt(service, request.QueueUrl);
  service.require(principal, "ReceiveMessage", queue);
  const wait = request.WaitTimeSeconds ?? queue.receiveWait;
  const messages = await service.receive(queue, {
    limit: request.MaxNumberOfMessages ?? 1,
    visibility: request.VisibilityTimeout,
    signal: wait === 0 ? AbortSignal.abort() : AbortSignal.timeout(wait * 1000),
  });
  const systemNames = [...(request.AttributeNames ?? []), ...(request.MessageSystemAttributeNames ?? [])];
  const Messages = messages.map((message) => present(message, systemNames, request.MessageAttributeNames ?? []));
  return Messages.length > 0 ? { Messages } : {};
};

function present(message: StoredMessage, systemNames: readonly string[], attributeNames: readonly string[]): object {
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => systemNames.includes("All") || systemNames.includes(name),
  );
  const attributes = selectAttributes(message.attributes, attributeNames);
  return {
    MessageId: message.id,
    ReceiptHandle: formatReceiptHandle(message.receipt),
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(attributes).length > 0 && {
      MessageAttributes: attributes,
      MD5OfMessageAttributes: md5OfAttributes(attributes),
    }),
  };
}

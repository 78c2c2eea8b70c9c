import Type, { type Static } from "typebox";
import { AwsError } from "../../gateway/protocols.ts";
import type { Principal } from "../../iam/types.ts";
import type { Queue } from "../declared-queues.ts";
import { MessageAttribute, MessageAttributes, md5OfAttributes } from "../message-attributes.ts";
import { md5 } from "../message-facts.ts";
import type { QueueService } from "../queue-service.ts";
import { batchOf, inBatch, queueAt, read, type SqsOperation } from "./input.ts";

/** The most that the messages of one batch may come to. */
const MAX_BATCH_BYTES = 1024 * 1024;

const Message = Type.Object({
  MessageBody: Type.String(),
  DelaySeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 900 })),
  MessageAttributes: Type.Optional(MessageAttributes),
  MessageSystemAttributes: Type.Optional(
    Type.Object({ AWSTraceHeader: Type.Optional(MessageAttribute) }, { additionalProperties: false }),
  ),
});
const SendInput = Type.Object({ QueueUrl: Type.String(), ...Message.properties });
const SendBatchInput = batchOf(Message);

export const sendMessage: SqsOperation = async (service, input, { principal }) => {
  const request = read(SendInput, input);
  const queue = queueAt(service, request.QueueUrl);
  service.require(principal, "SendMessage", queue);
  return send(service, queue, request, principal);
};

export const sendMessageBatch: SqsOperation = async (service, input, { principal }) => {
  const { QueueUrl, Entries } = read(SendBatchInput, input);
  const queue = queueAt(service, QueueUrl);
  service.require(principal, "SendMessage", queue);
  const bytes = Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > MAX_BATCH_BYTES) {
    throw new AwsError(
      "BatchRequestTooLong",
      400,
      `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
    );
  }
  return inBatch(Entries, (entry) => send(service, queue, entry, principal));
};

function send(service: QueueService, queue: Queue, message: Static<typeof Message>, principal: Principal): object {
  const { MessageBody, DelaySeconds, MessageAttributes = {}, MessageSystemAttributes = {} } = message;
  const { AWSTraceHeader } = MessageSystemAttributes;
  const MessageId = service.send(queue, {
    body: MessageBody,
    attributes: MessageAttributes,
    senderId: "userId" in principal ? principal.userId : principal.kind,
    traceHeader: AWSTraceHeader?.StringValue,
    delay: DelaySeconds,
  });
  return {
    MessageId,
    MD5OfMessageBody: md5(MessageBody),
    ...(Object.keys(MessageAttributes).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(MessageAttributes) }),
    ...(AWSTraceHeader && { MD5OfMessageSystemAttributes: md5OfAttributes({ AWSTraceHeader }) }),
  };
}

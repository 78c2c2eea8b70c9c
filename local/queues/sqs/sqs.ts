import { jsonApi } from "../../gateway/protocols.ts";
import type { AwsApi } from "../../service.ts";
import type { QueueService } from "../queue-service.ts";
import type { SqsOperation } from "./input.ts";
import { getQueueAttributes, getQueueUrl, listQueues, purgeQueue } from "./manage-queue.ts";
import { listMessageMoveTasks, startMessageMoveTask } from "./move-tasks.ts";
import { receiveMessage } from "./receive-message.ts";
import { sendMessage, sendMessageBatch } from "./send-message.ts";
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
} from "./settle-message.ts";

const operations: Readonly<Record<string, SqsOperation>> = {
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListMessageMoveTasks: listMessageMoveTasks,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  StartMessageMoveTask: startMessageMoveTask,
};

/** The SQS API of the declared queues. */
export function createSqs(service: QueueService): AwsApi {
  return jsonApi({
    service: "sqs",
    targetPrefix: "AmazonSQS",
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, (input, call) => operation(service, input, call)]),
    ),
  });
}

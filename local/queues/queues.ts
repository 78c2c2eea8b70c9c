import type { AwsApi, ServiceContext } from "../service.ts";
import { QueueService } from "./queue-service.ts";
import { createSns } from "./sns/sns.ts";
import { createSqs } from "./sqs/sqs.ts";

export interface Queues {
  readonly sqs: AwsApi;
  readonly sns: AwsApi;
  readonly service: QueueService;
  /** Sends for an AWS service; see QueueService. */
  deliver: QueueService["deliver"];
  /** Ends every wait for a message, and resolves when what was acknowledged is safe. */
  close(): Promise<void>;
}

/** Opens the queues and topics that the program declares, with the messages that they held before. */
export function createQueues(context: ServiceContext): Queues {
  const service = new QueueService(context);
  return {
    sqs: createSqs(service),
    sns: createSns(context, service),
    service,
    deliver: (...message) => service.deliver(...message),
    close: async () => service.close(),
  };
}

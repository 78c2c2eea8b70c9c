import { createHash } from "node:crypto";
import type { StoredMessage } from "./message-store.ts";

/** The digest by which clients check a body. */
export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** What SQS itself knows of a message, in its names. */
export function systemAttributes(message: StoredMessage): Record<string, string> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.deadLetterSourceArn && { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
    ...(message.traceHeader && { AWSTraceHeader: message.traceHeader }),
  };
}

import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { ResendEvent } from "./ports.ts";

export interface SqsResendOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly bucket: string;
}

/** Puts what the worker reads of an S3 notification on its queue. */
export function createSqsResend({ client, queueUrl: QueueUrl, bucket }: SqsResendOptions): ResendEvent {
  return async (key, versionId) => {
    // As S3 writes keys: a form's encoding, but for the slashes.
    const encoded = encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
    const record = {
      eventSource: "latchkey:reconciler",
      eventName: "ObjectCreated:Resent",
      s3: { bucket: { name: bucket }, object: { key: encoded, versionId, sequencer: "0" } },
    };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ Records: [record] }) }));
  };
}

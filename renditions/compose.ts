import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoDbPhotoStore } from "../api/adapters/dynamodb/photo-store.ts";
import type { RenditionsConfig } from "./config.ts";
import { createForgetAtEdges } from "./forget-at-edges.ts";
import { createHandleBatch } from "./handle-batch.ts";
import type { Announce, Log, Postpone } from "./ports.ts";
import { createProcessUpload } from "./process-upload.ts";
import { createRemovePhoto } from "./remove-photo.ts";
import { createS3ObjectStore } from "./s3-object-store.ts";
import { createTagScan, noScan } from "./scan.ts";

/** Builds the worker on AWS clients that take credentials, region and endpoints from the standard environment. */
export function compose(config: RenditionsConfig, log: Log) {
  const now = () => new Date();
  const photos = createDynamoDbPhotoStore({ client: new DynamoDBClient(), tableName: config.table, now });
  const bucket = { client: new S3Client(), bucket: config.bucket };
  const objects = createS3ObjectStore(bucket);
  const scan = config.scanned ? createTagScan(bucket) : noScan;
  const topic = new SNSClient();
  // The SDK would send to the host of a queue's URL, whatever endpoint the environment names.
  const queues = new SQSClient({ useQueueUrlAsEndpoint: false });

  const announce: Announce = async (notice) => {
    await topic.send(new PublishCommand({ TopicArn: config.topicArn, Message: JSON.stringify(notice) }));
  };
  const postpone: Postpone = async ({ receiptHandle: ReceiptHandle, eventSourceARN }, VisibilityTimeout) => {
    const name = eventSourceARN.slice(eventSourceARN.lastIndexOf(":") + 1);
    const QueueUrl = config.queueUrls.find((url) => url.endsWith(`/${name}`));
    if (QueueUrl === undefined) throw new Error(`The worker was not told the URL of the queue ${eventSourceARN}`);
    await queues.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };

  return createHandleBatch({
    processUpload: createProcessUpload({ photos, objects, scan, announce, rendering: config, now }),
    removePhoto: createRemovePhoto({ photos, objects }),
    forgetAtEdges: createForgetAtEdges(new CloudFrontClient(), config.distributionId),
    postpone,
    log,
  });
}

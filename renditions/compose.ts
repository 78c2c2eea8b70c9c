import { CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoDbPhotoStore } from "../api/adapters/dynamodb/photo-store.ts";
import type { RenditionsConfig } from "./config.ts";
import { createHandleBatch } from "./handle-batch.ts";
import type { Announce, Invalidate, Log, Postpone } from "./ports.ts";
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
  // The SDK would send to the host of the queue's URL, whatever endpoint the environment names.
  const queue = new SQSClient({ useQueueUrlAsEndpoint: false });
  const distributions = new CloudFrontClient();

  const announce: Announce = async (notice) => {
    await topic.send(new PublishCommand({ TopicArn: config.topicArn, Message: JSON.stringify(notice) }));
  };
  const invalidate: Invalidate = async (paths, CallerReference) => {
    const Paths = { Quantity: paths.length, Items: [...paths] };
    const InvalidationBatch = { Paths, CallerReference };
    const command = new CreateInvalidationCommand({ DistributionId: config.distributionId, InvalidationBatch });
    await distributions.send(command);
  };

  const postpone: Postpone = async (ReceiptHandle, VisibilityTimeout) => {
    const { queueUrl: QueueUrl } = config;
    await queue.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };

  return createHandleBatch({
    processUpload: createProcessUpload({ photos, objects, scan, announce, rendering: config, now }),
    removePhoto: createRemovePhoto({ photos, objects, invalidate }),
    postpone,
    log,
  });
}

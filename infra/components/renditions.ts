import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { bundle, layer } from "../bundle.ts";
import { renditionsQueuePolicy, renditionsStatements, renditionsTopicPolicy } from "../policies/renditions.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { MediaDistribution } from "./media-distribution.ts";
import type { PhotoTable } from "./photo-table.ts";
import { ServiceFunction } from "./service-function.ts";

export interface RenditionsArgs {
  account: Account;
  bucket: MediaBucket;
  table: PhotoTable;
  distribution: MediaDistribution;
  boundaryArn: pulumi.Input<string>;
  /** The most pixels that one upload may decode to, over all its frames. */
  maxPixels: number;
  logRetentionDays: number;
}

const day = 86_400;
const timeoutSeconds = 120;

/** What becomes of an upload: bucket events in a queue, the worker that takes them, and the topic where it says so. */
export class Renditions extends pulumi.ComponentResource {
  readonly queueUrl: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: RenditionsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:media:Renditions", name, {}, opts);
    const child = { parent: this };
    const { bucket, table, distribution } = args;

    // EncryptionKey comes later: until then SQS's and SNS's own keys encrypt.
    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      { sqsManagedSseEnabled: true, messageRetentionSeconds: 14 * day },
      child,
    );
    const queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        sqsManagedSseEnabled: true,
        messageRetentionSeconds: 4 * day,
        // Lambda asks for six times the function's timeout, or a slow batch is handed out twice.
        visibilityTimeoutSeconds: 6 * timeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 }),
      },
      child,
    );
    new aws.sqs.RedriveAllowPolicy(
      `${name}-redrive`,
      {
        queueUrl: deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
      },
      child,
    );
    const queuePolicy = new aws.sqs.QueuePolicy(
      `${name}-queue-policy`,
      {
        queueUrl: queue.url,
        policy: pulumi.jsonStringify(
          pulumi
            .output({
              queueArn: queue.arn,
              bucketArn: bucket.arn,
              accountId: args.account.id,
            })
            .apply(renditionsQueuePolicy),
        ),
      },
      child,
    );
    new aws.s3.BucketNotification(
      `${name}-events`,
      {
        bucket: bucket.bucketName,
        // Never media/: the worker writes there, and would be woken by its own work without end.
        queues: [
          { queueArn: queue.arn, events: ["s3:ObjectCreated:*"], filterPrefix: "uploads/" },
          { queueArn: queue.arn, events: ["s3:ObjectRemoved:*"], filterPrefix: "originals/" },
        ],
      },
      // S3 sends a test message before it accepts the queue.
      { parent: this, dependsOn: queuePolicy },
    );

    const topic = new aws.sns.Topic(
      `${name}-topic`,
      { displayName: "Latchkey photos", kmsMasterKeyId: "alias/aws/sns" },
      child,
    );
    const sharp = new aws.lambda.LayerVersion(
      `${name}-sharp`,
      {
        layerName: `${name}-sharp`,
        description: "sharp with libvips for linux-arm64",
        code: layer("sharp"),
        compatibleArchitectures: ["arm64"],
        compatibleRuntimes: [aws.lambda.Runtime.NodeJS24dX],
      },
      child,
    );
    const worker = new ServiceFunction(
      `${name}-worker`,
      {
        code: bundle("renditions/lambda.ts", { external: ["sharp"] }),
        layers: [sharp.arn],
        statements: pulumi
          .output({
            bucketArn: bucket.arn,
            tableArn: table.arn,
            queueArn: queue.arn,
            topicArn: topic.arn,
            distributionArn: distribution.arn,
          })
          .apply(renditionsStatements),
        boundaryArn: args.boundaryArn,
        environment: {
          LATCHKEY_BUCKET: bucket.bucketName,
          LATCHKEY_TABLE: table.tableName,
          LATCHKEY_TOPIC_ARN: topic.arn,
          LATCHKEY_DISTRIBUTION_ID: distribution.distributionId,
          LATCHKEY_MAX_PIXELS: String(args.maxPixels),
        },
        timeoutSeconds,
        // Two vCPUs come with 3,538 MB; a 50-megapixel photo decodes to 200 MB.
        memoryMegabytes: 3538,
        // Uploads pass through /tmp.
        scratchMegabytes: 2048,
        logRetentionDays: args.logRetentionDays,
      },
      child,
    );
    new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: topic.arn,
        policy: pulumi.jsonStringify(
          pulumi.output({ topicArn: topic.arn, roleArn: worker.roleArn }).apply(renditionsTopicPolicy),
        ),
      },
      child,
    );
    new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: queue.arn,
        functionName: worker.functionName,
        batchSize: 5,
        // One poison upload must not send its neighbours round again.
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 20 },
      },
      child,
    );

    this.queueUrl = queue.url;
    this.topicArn = topic.arn;
    this.functionName = worker.functionName;
    this.registerOutputs({ queueUrl: this.queueUrl, topicArn: this.topicArn, functionName: this.functionName });
  }
}

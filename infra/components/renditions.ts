import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { bundle, layer } from "../bundle.ts";
import type { LatchkeyConfig } from "../config.ts";
import { renditionsStatements, renditionsTopicPolicy } from "../policies/renditions.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { MediaDistribution } from "./media-distribution.ts";
import type { PhotoTable } from "./photo-table.ts";
import { ServiceFunction } from "./service-function.ts";
import { UploadQueue } from "./upload-queue.ts";

export interface RenditionsArgs {
  account: Account;
  bucket: MediaBucket;
  table: PhotoTable;
  distribution: MediaDistribution;
  key: EncryptionKey;
  boundaryArn: pulumi.Input<string>;
  maxUploadBytes: number;
  malwareScan: LatchkeyConfig["malwareScan"];
  /** The most pixels that one upload may decode to, over all its frames. */
  maxPixels: number;
  /** What renditions come in besides WebP. */
  renditionFormats: readonly string[];
  logRetentionDays: number;
}

/** Seconds for decoding and rendering alone. */
const renderingSeconds = 120;
/** The slowest that an upload may come through: read, hashed, copied and, of a video, sent once more. */
const slowestBytesPerSecond = 10 * 1000 ** 2;

/** What becomes of an upload: the queue of bucket events, the worker that takes them, and the topic where it says so. */
export class Renditions extends pulumi.ComponentResource {
  readonly queueUrl: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;
  readonly removalsQueueUrl: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  /** Of the worker. */
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: RenditionsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:media:Renditions", name, {}, opts);
    const child = { parent: this };
    const { bucket, table, distribution, key } = args;
    const scanned = args.malwareScan !== "none";
    const timeoutSeconds = renderingSeconds + Math.ceil(args.maxUploadBytes / slowestBytesPerSecond);

    const queue = new UploadQueue(
      `${name}-queue`,
      // Lambda asks for six times the function's timeout, or a slow batch is handed out twice.
      {
        account: args.account,
        bucket,
        key,
        malwareScan: args.malwareScan,
        visibilitySeconds: 6 * timeoutSeconds,
      },
      child,
    );
    const topic = new aws.sns.Topic(
      `${name}-topic`,
      { displayName: "Latchkey photos", kmsMasterKeyId: key.arn },
      child,
    );
    const sharp = new aws.lambda.LayerVersion(
      `${name}-sharp`,
      {
        layerName: `${name}-sharp`,
        description: "sharp with libvips for linux-arm64, and libheif",
        code: layer("sharp"),
        compatibleArchitectures: ["arm64"],
        compatibleRuntimes: [aws.lambda.Runtime.NodeJS24dX],
      },
      child,
    );
    const worker = new ServiceFunction(
      `${name}-worker`,
      {
        code: bundle("renditions/lambda.ts", {
          beside: ["renditions/heic-thread.ts"],
          external: ["sharp", "libheif-js"],
        }),
        layers: [sharp.arn],
        statements: pulumi
          .output({
            bucketArn: bucket.arn,
            tableArn: table.arn,
            queueArns: [queue.uploads.arn, queue.removals.arn],
            topicArn: topic.arn,
            distributionArn: distribution.arn,
            scanned,
            key: key.facts,
          })
          .apply(renditionsStatements),
        boundaryArn: args.boundaryArn,
        key,
        environment: {
          LATCHKEY_BUCKET: bucket.bucketName,
          LATCHKEY_TABLE: table.tableName,
          LATCHKEY_QUEUE_URLS: pulumi.interpolate`${queue.uploads.url},${queue.removals.url}`,
          LATCHKEY_TOPIC_ARN: topic.arn,
          LATCHKEY_DISTRIBUTION_ID: distribution.distributionId,
          LATCHKEY_SCANNED: String(scanned),
          LATCHKEY_MAX_PIXELS: String(args.maxPixels),
          LATCHKEY_RENDITION_FORMATS: args.renditionFormats.join(","),
        },
        timeoutSeconds,
        // The most that a new account may have, and 1.7 vCPUs with it.
        memoryMegabytes: 3008,
        scratchMegabytes: scratchFor(args.maxUploadBytes, args.maxPixels),
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
    const mapping = {
      functionName: worker.functionName,
      // One poison message must not send its neighbours round again.
      functionResponseTypes: ["ReportBatchItemFailures"],
    };
    new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        ...mapping,
        eventSourceArn: queue.uploads.arn,
        // Alone: an upload that takes all the memory, or all the time, takes nobody with it.
        batchSize: 1,
        // Not a reserve of the function's own, for which a new account has too little.
        scalingConfig: { maximumConcurrency: 20 },
      },
      child,
    );
    new aws.lambda.EventSourceMapping(
      `${name}-removals-mapping`,
      {
        ...mapping,
        eventSourceArn: queue.removals.arn,
        // Together: they are little work each, and one invalidation for all of them.
        batchSize: 100,
        maximumBatchingWindowInSeconds: 1,
        scalingConfig: { maximumConcurrency: 5 },
      },
      child,
    );

    this.queueUrl = queue.uploads.url;
    this.queueArn = queue.uploads.arn;
    this.removalsQueueUrl = queue.removals.url;
    this.deadLetterQueueUrl = queue.deadLetterUrl;
    this.topicArn = topic.arn;
    this.functionName = worker.functionName;
    this.registerOutputs({
      queueUrl: this.queueUrl,
      deadLetterQueueUrl: this.deadLetterQueueUrl,
      topicArn: this.topicArn,
    });
  }
}

/** Uploads pass through /tmp one at a time, a HEIC with its pixels beside it; Lambda gives 512 MB to 10 GB of it. */
function scratchFor(maxUploadBytes: number, maxPixels: number): number {
  const bytesPerPixel = 4;
  return Math.max(512, Math.ceil((maxUploadBytes + maxPixels * bytesPerPixel) / 1024 ** 2) + 64);
}

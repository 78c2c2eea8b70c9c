import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import type { LatchkeyConfig } from "../config.ts";
import { uploadQueuePolicy } from "../policies/upload-queue.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";

export interface UploadQueueArgs {
  account: Account;
  bucket: MediaBucket;
  malwareScan: LatchkeyConfig["malwareScan"];
  key: EncryptionKey;
  /** How long a message that was handed out stays hidden from others. */
  visibilitySeconds: number;
}

const day = 86_400;

/** With the worker's pauses between them, enough attempts to outlast an outage of more than an hour. */
const maxReceiveCount = 10;

interface QueueOutputs {
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}

/**
 * The bucket's events: of uploads, and in a queue of their own those of deletion, which must not wait behind a thousand
 * photos to be rendered. A third one is for what fails again and again.
 */
export class UploadQueue extends pulumi.ComponentResource {
  readonly uploads: QueueOutputs;
  readonly removals: QueueOutputs;
  /** Where messages end that failed again and again. */
  readonly deadLetterUrl: pulumi.Output<string>;

  constructor(name: string, args: UploadQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:media:UploadQueue", name, {}, opts);
    const child = { parent: this };

    const encryption = { kmsMasterKeyId: args.key.arn, kmsDataKeyReusePeriodSeconds: 300 };
    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      { ...encryption, messageRetentionSeconds: 14 * day },
      child,
    );
    const queueOf = (queueName: string) =>
      new aws.sqs.Queue(
        queueName,
        {
          ...encryption,
          messageRetentionSeconds: 4 * day,
          visibilityTimeoutSeconds: args.visibilitySeconds,
          redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount }),
        },
        child,
      );
    const uploads = queueOf(name);
    const removals = queueOf(`${name}-removals`);
    new aws.sqs.RedriveAllowPolicy(
      `${name}-redrive`,
      {
        queueUrl: deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [uploads.arn, removals.arn],
        }),
      },
      child,
    );
    const allowBucket = (policyName: string, queue: aws.sqs.Queue) =>
      new aws.sqs.QueuePolicy(
        policyName,
        {
          queueUrl: queue.url,
          policy: pulumi.jsonStringify(
            pulumi
              .output({ queueArn: queue.arn, bucketArn: args.bucket.arn, accountId: args.account.id })
              .apply(uploadQueuePolicy),
          ),
        },
        child,
      );
    const policies = [allowBucket(`${name}-policy`, uploads), allowBucket(`${name}-removals-policy`, removals)];
    new aws.s3.BucketNotification(
      `${name}-events`,
      {
        bucket: args.bucket.bucketName,
        // GuardDuty hears of uploads by EventBridge, turns it on by itself, and would lose it to the next deployment.
        eventbridge: args.malwareScan === "guardduty",
        // Never media/: the worker writes there, and would be woken by its own work without end.
        queues: [
          {
            queueArn: uploads.arn,
            events: [
              "s3:ObjectCreated:*",
              // The scanner's tag: the upload is looked at again as soon as it is there.
              ...(args.malwareScan === "none" ? [] : ["s3:ObjectTagging:Put"]),
            ],
            filterPrefix: "uploads/",
          },
          // A marker there is an owner's own delete: the worker empties the quarantine by version, which leaves none.
          { queueArn: removals.arn, events: ["s3:ObjectRemoved:DeleteMarkerCreated"], filterPrefix: "uploads/" },
          { queueArn: removals.arn, events: ["s3:ObjectRemoved:*"], filterPrefix: "originals/" },
        ],
      },
      // S3 sends a test message before it accepts a queue.
      { parent: this, dependsOn: policies },
    );

    this.uploads = { url: uploads.url, arn: uploads.arn };
    this.removals = { url: removals.url, arn: removals.arn };
    this.deadLetterUrl = deadLetters.url;
    this.registerOutputs({ uploads: this.uploads, removals: this.removals, deadLetterUrl: this.deadLetterUrl });
  }
}

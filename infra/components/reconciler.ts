import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { bundle } from "../bundle.ts";
import { invokePolicy, reconcilerStatements } from "../policies/reconciler.ts";
import { trustSchedules } from "../policies/trust.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { PhotoTable } from "./photo-table.ts";
import type { Renditions } from "./renditions.ts";
import { ServiceFunction } from "./service-function.ts";
import { ServiceRole } from "./service-role.ts";

export interface ReconcilerArgs {
  account: Account;
  bucket: MediaBucket;
  table: PhotoTable;
  /** Whose worker is told again of uploads whose events were lost. */
  renditions: Renditions;
  key: EncryptionKey;
  boundaryArn: pulumi.Input<string>;
  /** Between one run and the next. */
  reconcileMinutes: number;
  /** Days that an upload in parts may take. */
  multipartDays: number;
  logRetentionDays: number;
}

/** The job that takes away what nobody comes back for, holds table and bucket together, and recounts; and its schedule. */
export class Reconciler extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: ReconcilerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:jobs:Reconciler", name, {}, opts);
    const child = { parent: this };
    const { account, bucket, table, renditions, key, reconcileMinutes } = args;

    const job = new ServiceFunction(
      `${name}-job`,
      {
        code: bundle("reconcile/lambda.ts"),
        statements: pulumi
          .output({ bucketArn: bucket.arn, tableArn: table.arn, queueArn: renditions.queueArn, key: key.facts })
          .apply(reconcilerStatements),
        boundaryArn: args.boundaryArn,
        key,
        environment: {
          LATCHKEY_BUCKET: bucket.bucketName,
          LATCHKEY_TABLE: table.tableName,
          LATCHKEY_QUEUE_URL: renditions.queueUrl,
          LATCHKEY_MULTIPART_DAYS: String(args.multipartDays),
        },
        // What a run doesn't get done the next one goes on with; that two run at once does no harm.
        timeoutSeconds: 300,
        memoryMegabytes: 512,
        logRetentionDays: args.logRetentionDays,
      },
      child,
    );
    const group = new aws.scheduler.ScheduleGroup(`${name}-group`, {}, child);
    const caller = new ServiceRole(
      `${name}-schedule-role`,
      {
        trust: pulumi.output({ groupArn: group.arn, accountId: account.id }).apply(trustSchedules),
        policy: pulumi.jsonStringify(job.functionArn.apply(invokePolicy)),
        boundaryArn: args.boundaryArn,
      },
      child,
    );
    new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        groupName: group.name,
        scheduleExpression: `rate(${reconcileMinutes} minute${reconcileMinutes === 1 ? "" : "s"})`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: job.functionArn,
          roleArn: caller.arn,
          input: "{}",
          // The next run comes soon enough.
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
        },
      },
      child,
    );

    this.functionName = job.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }
}

import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { bundle } from "../bundle.ts";
import { reconcilerStatements } from "../policies/reconciler.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { PhotoTable } from "./photo-table.ts";
import type { Renditions } from "./renditions.ts";
import { scheduleFunction } from "./schedule-function.ts";
import { ServiceFunction } from "./service-function.ts";

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
    const minutes = reconcileMinutes;
    scheduleFunction(
      name,
      { account, functionArn: job.functionArn, minutes, input: "{}", boundaryArn: args.boundaryArn },
      child,
    );

    this.functionName = job.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { declareDeliveredLog } from "./delivered-log.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface AccessLogArgs {
  account: Account;
  /** In us-east-1. */
  key: EncryptionKey;
  /** By what they serve. */
  distributions: Readonly<Record<string, LoggedDistribution>>;
  logRetentionDays: number;
}

export interface LoggedDistribution {
  arn: pulumi.Input<string>;
  /** Whether nobody gets in by knowing a path alone: then paths are in the log. */
  logsPaths: boolean;
}

/** CloudFront delivers from nowhere else. */
const region = "us-east-1";

/** Neither queries and cookies, which hold signatures, nor referrers, which may hold them. */
const fields = [
  "date",
  "time",
  "x-edge-location",
  "c-ip",
  "cs-method",
  "cs-protocol",
  "cs-protocol-version",
  "x-host-header",
  "cs(User-Agent)",
  "cs-bytes",
  "sc-status",
  "sc-bytes",
  "sc-content-type",
  "sc-range-start",
  "sc-range-end",
  "ssl-protocol",
  "ssl-cipher",
  "time-taken",
  "time-to-first-byte",
  "x-edge-result-type",
  "x-edge-detailed-result-type",
  "x-edge-request-id",
];

/**
 * The log of who asked the distributions for what (CloudFront's standard logging, version 2). One group for all of them:
 * an account has room for ten policies of logs in a region, and every group takes one.
 */
export class AccessLog extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: AccessLogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:operations:AccessLog", name, {}, opts);
    const child = { parent: this };
    const { logs, mayWrite } = declareDeliveredLog(name, { ...args, region }, child);
    const destination = new aws.cloudwatch.LogDeliveryDestination(
      `${name}-destination`,
      { region, outputFormat: "json", deliveryDestinationConfiguration: { destinationResourceArn: logs.arn } },
      child,
    );
    for (const [what, { arn, logsPaths }] of Object.entries(args.distributions)) {
      const source = new aws.cloudwatch.LogDeliverySource(
        `${name}-${what}-source`,
        { region, logType: "ACCESS_LOGS", resourceArn: arn },
        child,
      );
      new aws.cloudwatch.LogDelivery(
        `${name}-${what}-delivery`,
        {
          region,
          deliverySourceName: source.name,
          deliveryDestinationArn: destination.arn,
          recordFields: [...fields, ...(logsPaths ? ["cs-uri-stem"] : [])],
        },
        { parent: this, dependsOn: mayWrite },
      );
    }
    this.logGroupName = logs.name;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}

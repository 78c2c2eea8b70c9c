import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { logDeliveryPolicy } from "../policies/log-delivery.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface DeliveredLogArgs {
  account: Account;
  region: string;
  /** In that region. */
  key: EncryptionKey;
  logRetentionDays: number;
  namePrefix?: string;
}

/** A log group that AWS's log delivery may write to. Whoever has a log delivered there waits for `mayWrite`. */
export function declareDeliveredLog(
  name: string,
  { account, region, key, logRetentionDays, namePrefix }: DeliveredLogArgs,
  child: pulumi.CustomResourceOptions,
) {
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { region, namePrefix, retentionInDays: logRetentionDays, kmsKeyId: key.arn },
    child,
  );
  const mayWrite = new aws.cloudwatch.LogResourcePolicy(
    `${name}-log-policy`,
    {
      region,
      policyName: pulumi.interpolate`${logs.name}-delivery`,
      policyDocument: pulumi.jsonStringify(
        pulumi.output({ logGroupArn: logs.arn, accountId: account.id }).apply(logDeliveryPolicy),
      ),
    },
    child,
  );
  return { logs, mayWrite };
}

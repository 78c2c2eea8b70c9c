import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Where the stack is deployed; policies are confined to it. */
export interface Account {
  readonly id: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  /** `aws`, or `aws-cn` and `aws-us-gov`, whose ARNs differ. */
  readonly partition: pulumi.Output<string>;
}

export function currentAccount(): Account {
  return {
    id: aws.getCallerIdentityOutput().accountId,
    region: aws.getRegionOutput().region,
    partition: aws.getPartitionOutput().partition,
  };
}

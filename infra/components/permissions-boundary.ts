import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import type { LatchkeyConfig } from "../config.ts";
import { permissionsBoundaryPolicy } from "../policies/permissions-boundary.ts";

export interface PermissionsBoundaryArgs {
  account: Account;
  malwareScan: LatchkeyConfig["malwareScan"];
  /** Empty without an auditor. */
  auditorAccount: string;
}

/** The managed policy that caps every role of the stack. */
export class PermissionsBoundary extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: PermissionsBoundaryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:iam:PermissionsBoundary", name, {}, opts);
    const { partition, region, id } = args.account;
    const policy = new aws.iam.Policy(
      `${name}-policy`,
      {
        description: "The most that any role of this Latchkey stack can do",
        policy: pulumi.jsonStringify(
          pulumi
            .output({
              partition,
              region,
              accountId: id,
              scannedByGuardDuty: args.malwareScan === "guardduty",
              audited: args.auditorAccount !== "",
            })
            .apply(permissionsBoundaryPolicy),
        ),
      },
      { parent: this },
    );
    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

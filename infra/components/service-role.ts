import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument } from "../policies/document.ts";

export interface ServiceRoleArgs {
  /** Who may act as this role. */
  trust: pulumi.Input<PolicyDocument>;
  /** The folder of IAM that it stands in. */
  path?: string;
  /** Policy text; a role has exactly one, so that one place says all it may do. */
  policy: pulumi.Input<string>;
  boundaryArn: pulumi.Input<string>;
}

/** A role of the stack: one that it trusts, one inline policy, and the permissions boundary above it. */
export class ServiceRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:iam:ServiceRole", name, {}, opts);
    const role = new aws.iam.Role(
      name,
      {
        assumeRolePolicy: pulumi.jsonStringify(args.trust),
        ...(args.path !== undefined && { path: args.path }),
        permissionsBoundary: args.boundaryArn,
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: args.policy }, { parent: this });
    // Whoever takes the role waits until it may do something: SQS checks a worker's rights when its mapping is made.
    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

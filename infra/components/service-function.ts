import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../policies/document.ts";
import { functionLogs } from "../policies/function-logs.ts";
import { trustService } from "../policies/trust.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { ServiceRole } from "./service-role.ts";

export interface ServiceFunctionArgs {
  /** Holds `index.cjs`, which exports `handler`. */
  code: pulumi.asset.Archive;
  /** What it may do besides writing its log. */
  statements: pulumi.Input<Statement[]>;
  boundaryArn: pulumi.Input<string>;
  /** Encrypts its log. */
  key: EncryptionKey;
  environment: Record<string, pulumi.Input<string>>;
  timeoutSeconds: number;
  memoryMegabytes: number;
  /** The size of /tmp; Lambda's 512 unless said otherwise. */
  scratchMegabytes?: number;
  layers?: pulumi.Input<string>[];
  logRetentionDays: number;
}

/** A Lambda function with a role and a log group of its own. */
export class ServiceFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  /** The name that API Gateway calls it by. */
  readonly invokeArn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ServiceFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:compute:ServiceFunction", name, {}, opts);

    // Made here and named to the function, or Lambda would make one itself that is kept for ever.
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { retentionInDays: args.logRetentionDays, kmsKeyId: args.key.arn },
      { parent: this },
    );
    const role = new ServiceRole(
      `${name}-role`,
      {
        trust: trustService("lambda.amazonaws.com"),
        policy: pulumi.jsonStringify(
          pulumi
            .all([args.statements, logs.arn])
            .apply(([statements, logGroupArn]) => policyDocument(...statements, ...functionLogs(logGroupArn))),
        ),
        boundaryArn: args.boundaryArn,
      },
      { parent: this },
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        architectures: ["arm64"],
        runtime: aws.lambda.Runtime.NodeJS24dX,
        handler: "index.handler",
        code: args.code,
        role: role.arn,
        environment: { variables: args.environment },
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMegabytes,
        ...(args.scratchMegabytes && { ephemeralStorage: { size: args.scratchMegabytes } }),
        ...(args.layers && { layers: args.layers }),
        loggingConfig: { logFormat: "JSON", logGroup: logs.name },
        tracingConfig: { mode: "Active" },
      },
      { parent: this },
    );

    this.functionName = lambda.name;
    this.functionArn = lambda.arn;
    this.invokeArn = lambda.invokeArn;
    this.roleArn = role.arn;
    this.registerOutputs({ functionName: this.functionName, functionArn: this.functionArn, roleArn: this.roleArn });
  }
}

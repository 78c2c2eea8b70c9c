import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../bundle.ts";
import { keepSecretsStatements } from "../policies/keep-secrets.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { declareMadeSecret, readAnswer } from "./made-secret.ts";
import { ServiceFunction } from "./service-function.ts";

export interface OriginSecretArgs {
  /** A higher number makes a new value, beside which the one before it stays good. */
  generation: number;
  boundaryArn: pulumi.Input<string>;
  key: EncryptionKey;
  protectData: boolean;
  logRetentionDays: number;
}

/**
 * What the edge proves itself by to the API behind it. The edge's configuration has to hold the value, and so has the
 * engine, which keeps it encrypted in its state as a secret; the function's environment holds only where to read it.
 */
export class OriginSecret extends pulumi.ComponentResource {
  readonly secretArn: pulumi.Output<string>;
  readonly value: pulumi.Output<string>;

  constructor(name: string, args: OriginSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:edge:OriginSecret", name, {}, opts);
    const child = { parent: this };

    const secret = declareMadeSecret(
      name,
      { ...args, description: "The header by which Latchkey's edge proves itself to the API" },
      child,
    );
    const maker = new ServiceFunction(
      `${name}-maker`,
      {
        code: bundle("infra/functions/create-origin-secret.ts"),
        statements: pulumi.output({ secretArns: [secret.arn], key: args.key.facts }).apply(keepSecretsStatements),
        boundaryArn: args.boundaryArn,
        key: args.key,
        environment: {},
        timeoutSeconds: 60,
        memoryMegabytes: 256,
        logRetentionDays: args.logRetentionDays,
      },
      child,
    );
    const made = new aws.lambda.Invocation(
      `${name}-made`,
      {
        functionName: maker.functionName,
        input: pulumi.jsonStringify({ secretArn: secret.arn, generation: args.generation }),
      },
      { ...child, additionalSecretOutputs: ["result"] },
    );

    // Whoever reads the secret waits until it holds the value.
    this.secretArn = pulumi.all([secret.arn, made.id]).apply(([arn]) => arn);
    this.value = pulumi.secret(
      made.result.apply((result) =>
        readAnswer(result, "value", "The function that makes the edge's value answered without one"),
      ),
    );
    this.registerOutputs({ secretArn: this.secretArn });
  }
}

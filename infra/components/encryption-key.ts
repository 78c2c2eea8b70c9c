import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { encryptionKeyPolicy, type KeyFacts } from "../policies/encryption-key.ts";

export interface EncryptionKeyArgs {
  account: Account;
  /** Another than the stack's. */
  region?: string;
  /** Whether MediaDistribution gives it its last policy, which names the distribution. */
  opensToDistribution: boolean;
  protectData: boolean;
}

/**
 * The customer key under which the stack's data lies. Its first policy is all but the distribution's grant, so that logs,
 * queues and secrets can be encrypted before there is a distribution.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly facts: pulumi.Output<KeyFacts>;
  readonly #policyFacts;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:security:EncryptionKey", name, {}, opts);
    const { id: accountId, partition, region: home } = args.account;
    const region = pulumi.output(args.region ?? home);
    this.#policyFacts = { accountId, partition, region };
    const placed = args.region === undefined ? {} : { region: args.region };
    const key = new aws.kms.Key(
      name,
      {
        ...placed,
        description: "Latchkey's data",
        enableKeyRotation: true,
        deletionWindowInDays: args.protectData ? 30 : 7,
        policy: pulumi.jsonStringify(pulumi.output(this.#policyFacts).apply(encryptionKeyPolicy)),
      },
      {
        parent: this,
        protect: args.protectData,
        retainOnDelete: args.protectData,
        // Later it is the KeyPolicy's to say, and two who say it would take turns for ever.
        ignoreChanges: args.opensToDistribution ? ["policy"] : [],
      },
    );
    new aws.kms.Alias(
      `${name}-alias`,
      { ...placed, namePrefix: `alias/${name}-`, targetKeyId: key.keyId },
      { parent: this },
    );

    this.id = key.keyId;
    this.arn = key.arn;
    this.facts = pulumi.output({ keyArn: key.arn, region });
    this.registerOutputs({ arn: this.arn });
  }

  /** The policy that lets distributions decrypt as well. */
  policyFor(distributionArns: pulumi.Input<pulumi.Input<string>[]>): pulumi.Output<string> {
    return pulumi.jsonStringify(pulumi.output({ ...this.#policyFacts, distributionArns }).apply(encryptionKeyPolicy));
  }
}

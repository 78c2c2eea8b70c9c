import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../bundle.ts";
import { keepSecretsStatements } from "../policies/keep-secrets.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { declareMadeSecret, readAnswer } from "./made-secret.ts";
import { ServiceFunction } from "./service-function.ts";

export const signingSlots = ["a", "b"] as const;
export type SigningSlot = (typeof signingSlots)[number];
export const signingAlgorithms = ["ES256", "RS256"] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export interface TrustedSignerArgs {
  algorithm: SigningAlgorithm;
  /** The generation of each slot's key; 0 leaves the slot without one. */
  generations: Readonly<Record<SigningSlot, number>>;
  /** The slot that signs; it must have a key. */
  active: SigningSlot;
  /** Whether a rotation puts keys into the group, which a deployment must then not take out again. */
  rotates: boolean;
  boundaryArn: pulumi.Input<string>;
  key: EncryptionKey;
  protectData: boolean;
  logRetentionDays: number;
}

/**
 * The keys whose signatures CloudFront accepts. The private halves are made and kept inside AWS: neither the engine nor
 * its state ever sees one. Two slots let a new key sign while URLs of the old one are still out.
 */
export class TrustedSigner extends pulumi.ComponentResource {
  readonly keyGroupId: pulumi.Output<string>;
  /** CloudFront's id of the public key that matches `activeSecretArn`. */
  readonly activeKeyId: pulumi.Output<string>;
  readonly activeSecretArn: pulumi.Output<string>;

  constructor(name: string, args: TrustedSignerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:cdn:TrustedSigner", name, {}, opts);
    if (args.generations[args.active] < 1) throw new Error(`${name}: slot ${args.active} is to sign but has no key`);

    const secretOf = (slot: SigningSlot) =>
      declareMadeSecret(
        `${name}-${slot}`,
        { ...args, description: `Private key of slot ${slot} of the CloudFront URL signer` },
        { parent: this },
      );
    const secrets = { a: secretOf("a"), b: secretOf("b") };
    const keyMaker = new ServiceFunction(
      `${name}-key-maker`,
      {
        code: bundle("infra/functions/create-signing-key.ts"),
        statements: pulumi
          .output({ secretArns: [secrets.a.arn, secrets.b.arn], key: args.key.facts })
          .apply((facts) => keepSecretsStatements(facts)),
        boundaryArn: args.boundaryArn,
        key: args.key,
        environment: {},
        timeoutSeconds: 60,
        memoryMegabytes: 512,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );

    const publicKeyOf = (slot: SigningSlot) => {
      const generation = args.generations[slot];
      const made = new aws.lambda.Invocation(
        `${name}-${slot}-made`,
        {
          functionName: keyMaker.functionName,
          input: pulumi.jsonStringify({ secretArn: secrets[slot].arn, generation, algorithm: args.algorithm }),
        },
        { parent: this },
      );
      return new aws.cloudfront.PublicKey(
        `${name}-${slot}-public`,
        {
          encodedKey: made.result.apply((result) =>
            readAnswer(result, "publicKeyPem", "The function that makes signing keys answered without publicKeyPem"),
          ),
          comment: `Slot ${slot}, generation ${generation}`,
        },
        { parent: this },
      );
    };
    const active = publicKeyOf(args.active);
    const others = signingSlots.filter((slot) => slot !== args.active && args.generations[slot] > 0).map(publicKeyOf);
    const group = new aws.cloudfront.KeyGroup(
      `${name}-keys`,
      { items: [active, ...others].map(({ id }) => id), comment: "Keys that may sign Latchkey's media URLs" },
      { parent: this, ...(args.rotates && { ignoreChanges: ["items"] }) },
    );

    this.keyGroupId = group.id;
    this.activeKeyId = active.id;
    this.activeSecretArn = secrets[args.active].arn;
    this.registerOutputs({
      keyGroupId: this.keyGroupId,
      activeKeyId: this.activeKeyId,
      activeSecretArn: this.activeSecretArn,
    });
  }
}

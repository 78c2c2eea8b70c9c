import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { bundle } from "../bundle.ts";
import { rotateSigningKeyStatements } from "../policies/rotate-signing-key.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaDistribution } from "./media-distribution.ts";
import { scheduleFunction } from "./schedule-function.ts";
import { ServiceFunction } from "./service-function.ts";
import type { TrustedSigner } from "./trusted-signer.ts";

export interface SigningKeyRotationArgs {
  account: Account;
  signer: TrustedSigner;
  /** The one whose edges must know a key before it signs. */
  distribution: MediaDistribution;
  key: EncryptionKey;
  boundaryArn: pulumi.Input<string>;
  signingKeyDays: number;
  /** How long to wait for the other edges once one knows a key. */
  signingKeySettleSeconds: number;
  urlWindowSeconds: number;
  logRetentionDays: number;
}

/** For so long the API goes on with a key that it can't read again, and so much more for clocks that differ. */
const slackSeconds = 20 * 60;
/** Lambda's longest run. */
const longestSeconds = 900;

/** Makes a new signing key every so many days, and takes the old one away when nothing that it signed can be in use. */
export class SigningKeyRotation extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: SigningKeyRotationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:cdn:SigningKeyRotation", name, {}, opts);
    const child = { parent: this };
    const { account, signer, distribution, key, boundaryArn, signingKeySettleSeconds } = args;

    const rotate = new ServiceFunction(
      `${name}-function`,
      {
        code: bundle("infra/functions/rotate-signing-key.ts"),
        statements: pulumi
          .output({ secretArn: signer.activeSecretArn, key: key.facts })
          .apply(rotateSigningKeyStatements),
        boundaryArn,
        key,
        environment: {
          LATCHKEY_SIGNING_SECRET_ARN: signer.activeSecretArn,
          LATCHKEY_SIGNING_KEY_ID: signer.activeKeyId,
          LATCHKEY_KEY_GROUP_ID: signer.keyGroupId,
          LATCHKEY_MEDIA_URL: pulumi.interpolate`https://${distribution.domainName}`,
          // A URL lives two windows at most.
          LATCHKEY_TRUSTED_SECONDS: String(2 * args.urlWindowSeconds + slackSeconds),
          LATCHKEY_PROOF_SECONDS: String(longestSeconds - signingKeySettleSeconds - 60),
          LATCHKEY_SETTLE_SECONDS: String(signingKeySettleSeconds),
        },
        timeoutSeconds: longestSeconds,
        memoryMegabytes: 512,
        logRetentionDays: args.logRetentionDays,
      },
      child,
    );
    const permission = new aws.lambda.Permission(
      `${name}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: rotate.functionName,
        principal: "secretsmanager.amazonaws.com",
        // The service speaks for every secret of every account.
        sourceArn: signer.activeSecretArn,
        sourceAccount: account.id,
      },
      child,
    );
    new aws.secretsmanager.SecretRotation(
      name,
      {
        secretId: signer.activeSecretArn,
        rotationLambdaArn: rotate.functionArn,
        rotateImmediately: false,
        rotationRules: { automaticallyAfterDays: args.signingKeyDays },
      },
      { parent: this, dependsOn: permission },
    );
    const retire = { account, functionArn: rotate.functionArn, minutes: 60, input: `{"retire":true}`, boundaryArn };
    scheduleFunction(`${name}-retire`, retire, child);
    this.functionName = rotate.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }
}

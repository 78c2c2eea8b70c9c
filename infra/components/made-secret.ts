import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "./encryption-key.ts";

export interface MadeSecretArgs {
  description: string;
  key: EncryptionKey;
  protectData: boolean;
}

/** A secret without a value: a function makes that inside AWS. */
export function declareMadeSecret(
  name: string,
  { description, key, protectData }: MadeSecretArgs,
  child: pulumi.CustomResourceOptions,
): aws.secretsmanager.Secret {
  return new aws.secretsmanager.Secret(
    name,
    { description, kmsKeyId: key.arn, recoveryWindowInDays: protectData ? 30 : 0 },
    { ...child, protect: protectData, retainOnDelete: protectData },
  );
}

/** One text of what the function that makes the value answered; throws an Error that begins with `complaint` without it. */
export function readAnswer(result: string, field: string, complaint: string): string {
  const answer: unknown = JSON.parse(result);
  const fields: Record<string, unknown> = typeof answer === "object" ? { ...answer } : {};
  const text = fields[field];
  if (typeof text !== "string") throw new Error(`${complaint}; look into its log`);
  return text;
}

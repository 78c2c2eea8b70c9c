import type { PolicyDocument } from "../iam/types.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { attachedPolicy, policyOf } from "../resource-policy.ts";

export interface KmsKey {
  readonly arn: string;
  readonly policy: PolicyDocument;
}

/** Finds a key that the program declares by its id, its ARN, or the name or ARN of an alias. */
export function findKmsKey(recording: Recording, reference: string): KmsKey | undefined {
  const alias = resourcesOf(recording, "aws:kms/alias:Alias").find(({ id, outputs }) => {
    return [id, outputs.name, outputs.arn].includes(reference);
  });
  const target = alias?.inputs.targetKeyId ?? reference;
  const key = resourcesOf(recording, "aws:kms/key:Key").find((key) => isKey(key, target));
  if (!key || typeof key.outputs.arn !== "string") return undefined;
  const apart = attachedPolicy(recording, "aws:kms/keyPolicy:KeyPolicy", ({ keyId }) => isKey(key, keyId));
  return { arn: key.outputs.arn, policy: apart ?? policyOf(key) ?? delegation(recording) };
}

function isKey({ id, outputs }: RecordedResource, reference: unknown): boolean {
  return [id, outputs.arn].includes(reference);
}

/** What KMS puts on a key that is made without a policy: the account's own policies decide. */
function delegation({ accountId }: Recording): PolicyDocument {
  const root = `arn:aws:iam::${accountId}:root`;
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" }],
  };
}

import Type from "typebox";
import type { PolicyDocument } from "../iam/types.ts";
import { parseAs, parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import { attachedPolicy, policyOf } from "../resource-policy.ts";

/** A secret as the program declares it. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly policy: PolicyDocument | undefined;
  /** The customer key that values lie under. */
  readonly kmsKey: string | undefined;
  /** The value that the program itself gives, if any. */
  readonly declaredValue: SecretValue | undefined;
}

export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };

const SecretInputs = Type.Object({
  description: Type.Optional(Type.String()),
  kmsKeyId: Type.Optional(Type.String()),
});
const SecretOutputs = Type.Object({ arn: Type.String(), name: Type.String() });
const VersionInputs = Type.Union([
  Type.Object({ secretId: Type.String(), secretString: Type.String() }),
  Type.Object({ secretId: Type.String(), secretBinary: Type.String() }),
]);

/** Finds a secret of a recording that may still grow by its name or its ARN, with or without the ARN's random end. */
export function findSecret(recording: Recording, id: string): Secret | undefined {
  for (const resource of resourcesOf(recording, "aws:secretsmanager/secret:Secret")) {
    const { arn, name } = parseAs(SecretOutputs, resource.outputs, resource.urn);
    if (id !== arn && id !== name && id !== arn.replace(/-\w{6}$/, "")) continue;
    const isThis = ({ secretArn }: typeof resource.inputs) => secretArn === arn || secretArn === resource.id;
    const policyType = "aws:secretsmanager/secretPolicy:SecretPolicy";
    const { description, kmsKeyId: kmsKey } = parseInputs(SecretInputs, resource);
    return {
      arn,
      name,
      description,
      kmsKey,
      policy: attachedPolicy(recording, policyType, isThis) ?? policyOf(resource),
      declaredValue: declaredValue(recording, [arn, name, resource.id]),
    };
  }
  return undefined;
}

function declaredValue(recording: Recording, ids: readonly string[]): SecretValue | undefined {
  const [value] = resourcesOf(recording, "aws:secretsmanager/secretVersion:SecretVersion")
    .map((resource) => parseInputs(VersionInputs, resource))
    .filter(({ secretId }) => ids.includes(secretId));
  if (!value) return undefined;
  return "secretString" in value ? { SecretString: value.secretString } : { SecretBinary: value.secretBinary };
}

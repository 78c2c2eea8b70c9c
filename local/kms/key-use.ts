import { AwsError } from "../gateway/protocols.ts";
import type { AccessRequest, Authorize, Principal } from "../iam/types.ts";
import type { Recording } from "../program/recording.ts";
import { type Denial, requireAccess } from "../require-access.ts";
import { findKmsKey, type KmsKey } from "./declared-keys.ts";

export type KeyAction = "kms:Decrypt" | "kms:GenerateDataKey";

/** What a service says of itself when it asks KMS in its caller's name. */
export interface KeyUse {
  readonly action: KeyAction;
  /** `s3` */
  readonly service: string;
  /** What the service binds its data keys to, such as `aws:sqs:arn` and the queue's ARN. */
  readonly encryptionContext: Readonly<Record<string, string>>;
}

/** The question to IAM whether a key may be used so; a key's policy must speak for the caller, whatever else allows it. */
export function keyQuestion(recording: Recording, key: KmsKey, use: KeyUse): Omit<AccessRequest, "principal"> {
  const { action, service, encryptionContext } = use;
  const bound = Object.entries(encryptionContext);
  return {
    action,
    resource: key.arn,
    resourcePolicy: key.policy,
    resourcePolicyMustAllow: true,
    context: {
      "kms:ViaService": `${service}.${recording.region}.amazonaws.com`,
      "kms:CallerAccount": recording.accountId,
      ...Object.fromEntries(bound.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
      "kms:EncryptionContextKeys": bound.map(([name]) => name),
    },
  };
}

export interface KeyGuardOptions {
  readonly recording: Recording;
  readonly authorize: Authorize;
  readonly service: string;
  /** What the service answers when KMS refuses. */
  readonly denial?: Denial;
}

/** The key that something lies under, if any, and what its data keys are bound to. */
export interface Encrypted {
  /** A key's id, ARN or alias; absent for keys that AWS keeps itself. */
  readonly kmsKey?: string | undefined;
  readonly encryptionContext: KeyUse["encryptionContext"];
}

/** Throws the service's error unless the principal may use the key for all these actions. */
export type GuardKey = (principal: Principal, encrypted: Encrypted, ...actions: readonly KeyAction[]) => void;

export function createKeyGuard({ recording, authorize, service, denial }: KeyGuardOptions): GuardKey {
  return (principal, { kmsKey, encryptionContext }, ...actions) => {
    // Keys that AWS keeps for a service let everybody in the account through it.
    if (kmsKey === undefined || kmsKey.startsWith("alias/aws/")) return;
    const key = findKmsKey(recording, kmsKey);
    if (!key) throw new AwsError("KMSNotFoundException", 400, `Key '${kmsKey}' does not exist`);
    for (const action of actions) {
      const question = keyQuestion(recording, key, { action, service, encryptionContext });
      // A service that comes for itself, as S3 to a queue, comes through no other.
      const context =
        principal.kind === "service" ? { ...question.context, "kms:ViaService": undefined } : question.context;
      requireAccess(authorize, { ...question, context, principal }, denial);
    }
  };
}

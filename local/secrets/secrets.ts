import { randomUUID, timingSafeEqual } from "node:crypto";
import Type, { type Static, type TSchema } from "typebox";
import { AwsError, type JsonOperation, jsonApi } from "../gateway/protocols.ts";
import type { ConditionContext } from "../iam/types.ts";
import { createKeyGuard, type KeyAction } from "../kms/key-use.ts";
import { parse } from "../parse.ts";
import { requireAccess } from "../require-access.ts";
import type { AwsApi, AwsCall } from "../service.ts";
import { findSecret, type Secret, type SecretValue } from "./declared-secrets.ts";
import { Rotations, type RotationsOptions } from "./rotations.ts";
import { type SecretVersion, VersionStore } from "./version-store.ts";

const MAX_VALUE_BYTES = 65_536;

const SecretId = Type.String({ minLength: 1, maxLength: 2048 });
const VersionId = Type.String({ minLength: 32, maxLength: 64 });
const Stage = Type.String({ minLength: 1, maxLength: 256 });
const OfSecret = Type.Object({ SecretId });
const GetInput = Type.Object({ SecretId, VersionId: Type.Optional(VersionId), VersionStage: Type.Optional(Stage) });
const PutInput = Type.Object({
  SecretId,
  ClientRequestToken: Type.Optional(VersionId),
  SecretString: Type.Optional(Type.String({ minLength: 1 })),
  SecretBinary: Type.Optional(Type.String({ minLength: 1 })),
  VersionStages: Type.Optional(Type.Array(Stage, { minItems: 1, maxItems: 20 })),
});
const ListInput = Type.Object({ SecretId, IncludeDeprecated: Type.Optional(Type.Boolean()) });
const MoveInput = Type.Object({
  SecretId,
  VersionStage: Stage,
  RemoveFromVersionId: Type.Optional(VersionId),
  MoveToVersionId: Type.Optional(VersionId),
});

// The function and its schedule are the program's to declare.
const RotateInput = Type.Object(
  { SecretId, ClientRequestToken: Type.Optional(VersionId), RotateImmediately: Type.Optional(Type.Literal(true)) },
  { additionalProperties: false },
);

/** The Secrets Manager of the declared secrets. Values are on disk as they are, in a file that only its owner may read. */
export function createSecrets(context: RotationsOptions): AwsApi {
  const { recording, dataDir, authorize, now } = context;
  const store = new VersionStore(dataDir);
  const rotations = new Rotations(context);
  const guardKey = createKeyGuard({ ...context, service: "secretsmanager" });

  function demandKey(
    { principal }: AwsCall,
    { kmsKey, arn }: Secret,
    versionId: string,
    ...actions: KeyAction[]
  ): void {
    const encryptionContext = { SecretARN: arn, SecretVersionId: versionId };
    guardKey(principal, { kmsKey, encryptionContext }, ...actions);
  }

  function find(id: string, action: string, { principal }: AwsCall, context: ConditionContext = {}): Secret {
    const secret = findSecret(recording, id);
    if (!secret) throw notFound("the specified secret");
    requireAccess(authorize, {
      principal,
      action: `secretsmanager:${action}`,
      resource: secret.arn,
      context: { "secretsmanager:SecretId": secret.arn, ...context },
      resourcePolicy: secret.policy,
    });
    if (secret.declaredValue && store.takeOver(secret.arn, secret.declaredValue)) {
      store.add(secret.arn, randomUUID(), secret.declaredValue, ["AWSCURRENT"], now());
    }
    return secret;
  }

  const operations: Record<string, JsonOperation> = {
    async GetSecretValue(input, call) {
      const { SecretId, VersionId, VersionStage } = read(GetInput, input);
      const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
      const secret = find(SecretId, "GetSecretValue", call, {
        "secretsmanager:VersionId": VersionId,
        "secretsmanager:VersionStage": stage,
      });
      const version = store
        .versions(secret.arn)
        .filter(({ id }) => VersionId === undefined || id === VersionId)
        .find(({ stages }) => stage === undefined || stages.includes(stage));
      if (!version)
        throw notFound(
          `the specified secret value for ${stage ? `staging label: ${stage}` : `VersionId: ${VersionId}`}`,
        );
      demandKey(call, secret, version.id, "kms:Decrypt");
      return { ...identityOf(secret), ...version.value, ...describe(version) };
    },

    async PutSecretValue(input, call) {
      const {
        SecretId,
        ClientRequestToken = randomUUID(),
        VersionStages = ["AWSCURRENT"],
        ...given
      } = read(PutInput, input);
      const secret = find(SecretId, "PutSecretValue", call);
      demandKey(call, secret, ClientRequestToken, "kms:GenerateDataKey", "kms:Decrypt");
      const value = readValue(given);
      const known = store.versions(secret.arn).find(({ id }) => id === ClientRequestToken);
      if (!known) store.add(secret.arn, ClientRequestToken, value, VersionStages, now());
      else if (!isSame(known.value, value)) {
        throw new AwsError(
          "ResourceExistsException",
          400,
          `A version with the id ${ClientRequestToken} holds another value; versions cannot be changed.`,
        );
      }
      const version = store.versions(secret.arn).find(({ id }) => id === ClientRequestToken);
      return { ...identityOf(secret), VersionId: ClientRequestToken, VersionStages: version?.stages };
    },

    async UpdateSecretVersionStage(input, call) {
      const { SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId } = read(MoveInput, input);
      const secret = find(SecretId, "UpdateSecretVersionStage", call, { "secretsmanager:VersionStage": VersionStage });
      const versions = store.versions(secret.arn);
      const holder = versions.find(({ stages }) => stages.includes(VersionStage))?.id;
      if (holder !== RemoveFromVersionId) {
        throw invalid(
          `RemoveFromVersionId must name the version that holds the staging label ${VersionStage}: ${holder ?? "none"}.`,
        );
      }
      if (MoveToVersionId !== undefined && !versions.some(({ id }) => id === MoveToVersionId)) {
        throw notFound(`the specified secret version ${MoveToVersionId}`);
      }
      if (MoveToVersionId === undefined && VersionStage === "AWSCURRENT") {
        throw invalid("You can't remove AWSCURRENT from a version without moving it to another.");
      }
      store.moveStage(secret.arn, VersionStage, MoveToVersionId);
      return identityOf(secret);
    },

    async DescribeSecret(input, call) {
      const secret = find(read(OfSecret, input).SecretId, "DescribeSecret", call);
      const staged = store.versions(secret.arn).filter(({ stages }) => stages.length > 0);
      const VersionIdsToStages = Object.fromEntries(staged.map(({ id, stages }) => [id, stages]));
      const { description: Description } = secret;
      return { ...identityOf(secret), Description, VersionIdsToStages, ...rotations.describe(secret) };
    },

    async RotateSecret(input, call) {
      const { SecretId, ClientRequestToken = randomUUID() } = read(RotateInput, input);
      const secret = find(SecretId, "RotateSecret", call);
      // One that failed half-way is taken up again.
      const pending = store.versions(secret.arn).find(({ stages }) => stages.join() === "AWSPENDING");
      const VersionId = pending?.id ?? ClientRequestToken;
      rotations.begin(secret, VersionId);
      return { ...identityOf(secret), VersionId };
    },

    async ListSecretVersionIds(input, call) {
      const { SecretId, IncludeDeprecated = false } = read(ListInput, input);
      const secret = find(SecretId, "ListSecretVersionIds", call);
      const listed = store.versions(secret.arn).filter(({ stages }) => IncludeDeprecated || stages.length > 0);
      return { ...identityOf(secret), Versions: listed.map(describe) };
    },
  };

  return {
    ...jsonApi({ service: "secretsmanager", targetPrefix: "secretsmanager", operations }),
    async close() {
      await rotations.close();
      store.close();
    },
  };
}

function identityOf({ arn, name }: Secret): { ARN: string; Name: string } {
  return { ARN: arn, Name: name };
}

function describe({ id, stages, createdAt }: SecretVersion): object {
  return { VersionId: id, VersionStages: stages, CreatedDate: createdAt.getTime() / 1000 };
}

function readValue({
  SecretString,
  SecretBinary,
}: Pick<Static<typeof PutInput>, "SecretString" | "SecretBinary">): SecretValue {
  if ((SecretString === undefined) === (SecretBinary === undefined)) {
    throw invalid("You must provide either SecretString or SecretBinary.");
  }
  const bytes = SecretString === undefined ? Buffer.from(SecretBinary ?? "", "base64") : Buffer.from(SecretString);
  if (bytes.length > MAX_VALUE_BYTES)
    throw invalid(`A secret value may have ${MAX_VALUE_BYTES} bytes, not ${bytes.length}.`);
  return SecretString === undefined ? { SecretBinary: SecretBinary ?? "" } : { SecretString };
}

function isSame(a: SecretValue, b: SecretValue): boolean {
  const [left, right] = [Buffer.from(JSON.stringify(a)), Buffer.from(JSON.stringify(b))];
  return left.length === right.length && timingSafeEqual(left, right);
}

function read<T extends TSchema>(schema: T, input: unknown): Static<T> {
  return parse(schema, input, (fault) => invalid(`Invalid value at '${fault}'.`));
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", 400, message);
}

function notFound(what: string): AwsError {
  return new AwsError("ResourceNotFoundException", 400, `Secrets Manager can't find ${what}.`);
}

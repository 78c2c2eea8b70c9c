import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  CloudFrontClient,
  CreatePublicKeyCommand,
  DeletePublicKeyCommand,
  GetPublicKeyCommand,
} from "@aws-sdk/client-cloudfront";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { changeKeyGroup, readKeyGroup } from "./key-group.ts";
import { parseRotation, type RotationSettings, type RotationStep, readSettings } from "./rotation-settings.ts";
import { makeKeyPair, parseSigningKey, type SigningKey } from "./signing-key.ts";

/** A key that CloudFront knows by an id of its own. */
type RotatedKey = SigningKey & { readonly keyId: string };

const mostKeysOfGroup = 5;
const pollMs = 5000;

/**
 * Rotates the signing key as Secrets Manager asks, a step at a time, each of which may be repeated; and retires what
 * signed before, once no URL of it can be left. The private half is made here and goes nowhere but into the secret.
 */
export function rotateSigningKey(
  { secrets, cloudFront }: { secrets: SecretsManagerClient; cloudFront: CloudFrontClient },
  settings: RotationSettings,
) {
  const { secretArn, keyGroupId, deployedKeyId } = settings;

  const steps: Readonly<Record<RotationStep, (token: string) => Promise<void>>> = {
    async createSecret(token) {
      if (await find({ VersionId: token })) return;
      const { items } = await readKeyGroup(cloudFront, keyGroupId);
      if (items.length >= mostKeysOfGroup) {
        throw new Error(`The key group ${keyGroupId} is full; keys before are retired when their URLs have expired`);
      }
      const { generation, algorithm, publicKeyPem, deployedPublicKeyPem = publicKeyPem } = await currentKey();
      const pair = makeKeyPair(algorithm);
      const keyId = await createPublicKey(token, pair.publicKeyPem);
      const key: SigningKey = { generation, algorithm, ...pair, keyId, deployedPublicKeyPem };
      try {
        await secrets.send(
          new PutSecretValueCommand({
            SecretId: secretArn,
            ClientRequestToken: token,
            SecretString: JSON.stringify(key),
            VersionStages: ["AWSPENDING"],
          }),
        );
      } catch (error) {
        // Its private half is lost.
        await deletePublicKey(keyId);
        throw error;
      }
    },

    async setSecret(token) {
      const { keyId } = await pendingKey(token);
      await changeKeyGroup(cloudFront, keyGroupId, (items) => [...new Set([...items, keyId])]);
    },

    async testSecret(token) {
      await untilTrusted(await pendingKey(token));
      // One edge knows it; the others are told about the same time, and nothing says when they all have been.
      await delay(settings.settleSeconds * 1000);
    },

    async finishSecret(token) {
      const versions = (await describe()).VersionIdsToStages ?? {};
      const [current] = Object.entries(versions).find(([, stages]) => stages.includes("AWSCURRENT")) ?? [];
      if (current === token) return;
      await secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretArn,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: token,
          RemoveFromVersionId: current,
        }),
      );
    },
  };

  /** Takes every key out of the group but those that sign, are about to, or may have URLs out; answers which. */
  async function retire(now = new Date()): Promise<{ retired: string[] }> {
    const { LastRotatedDate } = await describe();
    const longestUntil = (LastRotatedDate?.getTime() ?? Number.POSITIVE_INFINITY) + settings.trustedSeconds * 1000;
    const current = await currentKey();
    if (now.getTime() < longestUntil || current.keyId === undefined) return { retired: [] };
    const pending = await find({ VersionStage: "AWSPENDING" });
    const kept = new Set([current.keyId, pending?.keyId, ...settings.keptKeyIds]);
    const { items } = await readKeyGroup(cloudFront, keyGroupId);
    const retired = items.filter((id) => !kept.has(id));
    if (retired.length === 0) return { retired };
    await changeKeyGroup(cloudFront, keyGroupId, (each) => each.filter((id) => !retired.includes(id)));
    // The deployment's own key stays where the engine looks for it, and opens nothing.
    for (const id of retired) if (id !== deployedKeyId) await deletePublicKey(id);
    return { retired };
  }

  async function createPublicKey(token: string, EncodedKey: string): Promise<string> {
    const config = { CallerReference: token, Name: `latchkey-${token}`, EncodedKey, Comment: "Made by a rotation" };
    const { PublicKey } = await cloudFront.send(new CreatePublicKeyCommand({ PublicKeyConfig: config }));
    if (!PublicKey?.Id) throw new Error("CloudFront answered without the id of the public key");
    return PublicKey.Id;
  }

  async function deletePublicKey(Id: string): Promise<void> {
    const { ETag } = await cloudFront.send(new GetPublicKeyCommand({ Id }));
    await cloudFront.send(new DeletePublicKeyCommand({ Id, IfMatch: ETag }));
  }

  /** Asks for an object that is not there: only a request whose signature holds is let through to S3, which says so. */
  async function untilTrusted({ keyId, privateKeyPem }: RotatedKey): Promise<void> {
    const deadline = Date.now() + settings.proofSeconds * 1000;
    for (;;) {
      const url = `${settings.mediaUrl}/media/${randomUUID()}/proof`;
      const dateLessThan = new Date(Date.now() + 60_000);
      const signed = getSignedUrl({
        url,
        keyPairId: keyId,
        privateKey: privateKeyPem,
        dateLessThan,
        algorithm: "SHA256",
      });
      const answer = await fetch(signed, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.headers.has("x-amz-request-id")) return;
      if (Date.now() > deadline) {
        throw new Error(
          `CloudFront did not take the key ${keyId} within ${settings.proofSeconds} s (${answer?.status})`,
        );
      }
      await delay(pollMs);
    }
  }

  async function find(version: { VersionId?: string; VersionStage?: string }): Promise<SigningKey | undefined> {
    try {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn, ...version }));
      return SecretString === undefined ? undefined : parseSigningKey(SecretString);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async function currentKey(): Promise<SigningKey> {
    const key = await find({ VersionStage: "AWSCURRENT" });
    if (!key) throw new Error(`The secret ${secretArn} holds no key to rotate; deploy the stack first`);
    return key;
  }

  async function pendingKey(VersionId: string): Promise<RotatedKey> {
    const key = await find({ VersionId });
    if (!key) throw new Error(`The secret ${secretArn} has no version ${VersionId}; begin the rotation again`);
    const { keyId } = key;
    if (keyId === undefined) throw new Error(`The version ${VersionId} of ${secretArn} was not made by a rotation`);
    return { ...key, keyId };
  }

  const describe = () => secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));

  return async (event: unknown): Promise<{ retired: string[] } | undefined> => {
    const asked = parseRotation(event, secretArn);
    if (asked.kind === "retire") return retire();
    await steps[asked.step](asked.token);
    return undefined;
  };
}

/** What Lambda calls: for Secrets Manager, and for the schedule that retires. */
export async function handler(event: unknown): Promise<{ retired: string[] } | undefined> {
  // CloudFront's own API is answered in one region, whichever the stack is in.
  const cloudFront = new CloudFrontClient({ region: "us-east-1" });
  return rotateSigningKey({ secrets: new SecretsManagerClient({}), cloudFront }, readSettings(process.env))(event);
}

import { createPrivateKey, type KeyObject } from "node:crypto";
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DependencyUnavailableError } from "../domain/errors.ts";
import type { Clock } from "../domain/ports/clock.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** The private half of a key that CloudFront trusts, parsed once: parsing costs more than an ECDSA signature. */
export interface SigningKey {
  /** CloudFront's id of the public half. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

export interface SigningKeySourceOptions {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
  /** Of the key that the deployment made; a rotated one says its own in the secret. */
  readonly keyId: string;
  /** So long after a rotation an instance still signs with the key before. */
  readonly freshSeconds: number;
  readonly now: Clock;
}

/** While the secret can't be read, the key at hand does so long. The rotation leaves a key trusted for longer than that. */
const usableMs = 15 * 60_000;

/**
 * Reads the signing key from Secrets Manager at the first call, and again, behind the back of a call that it does not hold
 * up, once it is not fresh any more: a rotation needs no restart. Rejects when it can't be read for 15 minutes, or at the first
 * time. No error that it throws holds any of the secret.
 */
export function createSigningKeySource(options: SigningKeySourceOptions): () => Promise<SigningKey> {
  const { client, secretArn, keyId, freshSeconds, now } = options;
  let held: { readonly key: SigningKey; readonly readAt: number } | undefined;

  const read = oneAtATime(async (): Promise<SigningKey> => {
    const readAt = now().getTime();
    const secret = await client.send(new GetSecretValueCommand({ SecretId: secretArn })).catch((cause: unknown) => {
      throw new DependencyUnavailableError("secrets-manager", { cause });
    });
    const key = parseSigningKey(secret.SecretString ?? "", { secretArn, keyId });
    held = { key, readAt };
    return key;
  });

  return async () => {
    const age = held ? now().getTime() - held.readAt : Number.POSITIVE_INFINITY;
    if (!held || age >= usableMs) return read();
    // What fails now is tried again by the next call.
    if (age >= freshSeconds * 1000) read().catch(() => {});
    return held.key;
  };
}

function parseSigningKey(secret: string, { secretArn, keyId }: { secretArn: string; keyId: string }): SigningKey {
  const refuse = (why: string): never => {
    throw new Error(`The secret ${secretArn} holds no signing key: ${why}; let the deployment create the key again`);
  };
  const {
    algorithm,
    privateKeyPem,
    keyId: rotatedId = keyId,
  } = parseObject(secret) ?? refuse("it is not a JSON object");
  if (typeof privateKeyPem !== "string") return refuse("privateKeyPem is not a string");
  const privateKey = parsePem(privateKeyPem) ?? refuse("privateKeyPem is not a private key");
  if (algorithm !== algorithmOf(privateKey)) {
    return refuse(
      "algorithm must be ES256 with a P-256 key or RS256 with a 2048-bit RSA key, as CloudFront takes no other",
    );
  }
  if (typeof rotatedId !== "string" || !/^[A-Za-z0-9]+$/.test(rotatedId)) return refuse("keyId is not a key's id");
  return { keyId: rotatedId, privateKey };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): "ES256" | "RS256" | undefined {
  if (asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1") return "ES256";
  if (asymmetricKeyType === "rsa" && asymmetricKeyDetails?.modulusLength === 2048) return "RS256";
  return undefined;
}

/** Undefined instead of the parser's own error, whose message quotes what it could not parse. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function parsePem(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

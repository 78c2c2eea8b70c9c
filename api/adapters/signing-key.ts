import { createPrivateKey, type KeyObject } from "node:crypto";
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DependencyUnavailableError } from "../domain/errors.ts";

/** The private half of a key that CloudFront trusts, parsed once: parsing costs more than an ECDSA signature. */
export interface SigningKey {
  /** CloudFront's id of the public half. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

export interface SigningKeySourceOptions {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
  readonly keyId: string;
}

/**
 * Reads the signing key from Secrets Manager at the first call and keeps it: a rotation deploys a new key id together
 * with the secret that belongs to it. Failures are not kept. No error that it throws holds any of the secret.
 */
export function createSigningKeySource({
  client,
  secretArn,
  keyId,
}: SigningKeySourceOptions): () => Promise<SigningKey> {
  let loading: Promise<SigningKey> | undefined;

  async function load(): Promise<SigningKey> {
    const secret = await client.send(new GetSecretValueCommand({ SecretId: secretArn })).catch((cause: unknown) => {
      throw new DependencyUnavailableError("secrets-manager", { cause });
    });
    return parseSigningKey(secret.SecretString ?? "", { secretArn, keyId });
  }

  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

function parseSigningKey(secret: string, { secretArn, keyId }: { secretArn: string; keyId: string }): SigningKey {
  const refuse = (why: string): never => {
    throw new Error(`The secret ${secretArn} holds no signing key: ${why}; let the deployment create the key again`);
  };
  const { algorithm, privateKeyPem } = parseObject(secret) ?? refuse("it is not a JSON object");
  if (typeof privateKeyPem !== "string") return refuse("privateKeyPem is not a string");
  const privateKey = parsePem(privateKeyPem) ?? refuse("privateKeyPem is not a private key");
  if (algorithm !== algorithmOf(privateKey)) {
    return refuse(
      "algorithm must be ES256 with a P-256 key or RS256 with a 2048-bit RSA key, as CloudFront takes no other",
    );
  }
  return { keyId, privateKey };
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

import { createHash, generateKeyPairSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from "@aws-sdk/client-secrets-manager";

interface KeyRequest {
  readonly secretArn: string;
  readonly generation: number;
  readonly algorithm: "ES256" | "RS256";
}

/** What a slot's secret holds, as the signing API reads it. */
interface SigningKey {
  readonly generation: number;
  readonly algorithm: "ES256" | "RS256";
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

/**
 * Makes the key pair of one generation of a slot, keeps the private half in the slot's secret and answers the public
 * one. Asked again for the same generation it answers the key it has: a repeated deployment must not change keys.
 */
export function createSigningKey(secrets: SecretsManagerClient) {
  return async (event: unknown): Promise<{ publicKeyPem: string }> => {
    const request = parseRequest(event);
    const key = (await findKey(request)) ?? (await keepKey(request, makeKey(request)));
    return { publicKeyPem: key.publicKeyPem };
  };

  /** The key of this generation; undefined when the slot has none or an older one. Throws when it has gone past it. */
  async function findKey({ secretArn, generation, algorithm }: KeyRequest): Promise<SigningKey | undefined> {
    const kept = await readKey(secretArn);
    if (!kept || kept.generation < generation) return undefined;
    if (kept.generation === generation && kept.algorithm === algorithm) return kept;
    const { generation: held, algorithm: as } = kept;
    throw new Error(`The slot holds generation ${held} (${as}) already; ask for generation ${held + 1} or more`);
  }

  async function readKey(secretArn: string): Promise<SigningKey | undefined> {
    try {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
      return SecretString === undefined ? undefined : parseKey(SecretString);
    } catch (error) {
      // A secret without a value yet answers so; one that does not exist would too, and then the write fails.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Keeps a key unless another invocation was first; resolves to the one that was kept. */
  async function keepKey(request: KeyRequest, key: SigningKey): Promise<SigningKey> {
    const { secretArn, generation, algorithm } = request;
    // One token for one generation: Secrets Manager takes a single value under it, however many invocations race.
    const ClientRequestToken = createHash("sha256").update(`${generation} ${algorithm}`).digest("hex");
    try {
      await secrets.send(
        new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(key), ClientRequestToken }),
      );
      return key;
    } catch (error) {
      const first = error instanceof ResourceExistsException && (await findKey(request));
      if (first) return first;
      throw error;
    }
  }
}

const createKey = createSigningKey(new SecretsManagerClient({}));

/** What Lambda calls. IAM takes some seconds to tell every service of a role that was only just made. */
export async function handler(event: unknown): Promise<{ publicKeyPem: string }> {
  for (const seconds of [1, 2, 4, 8]) {
    try {
      return await createKey(event);
    } catch (error) {
      if (!(error instanceof SecretsManagerServiceException && error.name === "AccessDeniedException")) throw error;
      await delay(seconds * 1000);
    }
  }
  return createKey(event);
}

function makeKey({ generation, algorithm }: KeyRequest): SigningKey {
  const { publicKey, privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    generation,
    algorithm,
    privateKeyPem: pem(privateKey.export({ type: "pkcs8", format: "pem" })),
    // It ends in one newline, as CloudFront's resource wants it: with none or two it would be replaced for ever.
    publicKeyPem: pem(publicKey.export({ type: "spki", format: "pem" })),
  };
}

function pem(exported: string | Buffer): string {
  return exported.toString();
}

function parseRequest(event: unknown): KeyRequest {
  const { secretArn, generation, algorithm } = asObject(event, "The event");
  if (typeof secretArn !== "string") throw new Error("The event needs secretArn, a string");
  return { secretArn, generation: asGeneration(generation), algorithm: asAlgorithm(algorithm) };
}

function parseKey(text: string): SigningKey {
  const { generation, algorithm, privateKeyPem, publicKeyPem } = asObject(parseJson(text), "The secret");
  if (typeof privateKeyPem !== "string" || typeof publicKeyPem !== "string") {
    throw new Error("The secret holds something other than a signing key; it is left alone");
  }
  return { generation: asGeneration(generation), algorithm: asAlgorithm(algorithm), privateKeyPem, publicKeyPem };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new Error("The secret is not JSON; it is left alone");
  }
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`${what} is not a JSON object`);
  return { ...value };
}

function asGeneration(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new Error(`generation is ${JSON.stringify(value)}; it is a whole number from 1`);
  }
  return value;
}

function asAlgorithm(value: unknown): "ES256" | "RS256" {
  if (value !== "ES256" && value !== "RS256") {
    throw new Error(`algorithm is ${JSON.stringify(value)}; it is ES256 or RS256`);
  }
  return value;
}

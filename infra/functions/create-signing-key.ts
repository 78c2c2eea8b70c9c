import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from "@aws-sdk/client-secrets-manager";
import {
  asAlgorithm,
  asGeneration,
  asObject,
  makeKeyPair,
  parseSigningKey,
  type SigningAlgorithm,
  type SigningKey,
} from "./signing-key.ts";

interface KeyRequest {
  readonly secretArn: string;
  readonly generation: number;
  readonly algorithm: SigningAlgorithm;
}

/**
 * Makes the key pair of one generation of a slot, keeps the private half in the slot's secret and answers the public
 * one. Asked again for the same generation it answers the key it has: a repeated deployment must not change keys.
 */
export function createSigningKey(secrets: SecretsManagerClient) {
  return async (event: unknown): Promise<{ publicKeyPem: string }> => {
    const request = parseRequest(event);
    const key = (await findKey(request)) ?? (await keepKey(request, makeKey(request)));
    // A rotation has CloudFront trust a key of its own, beside the one that the engine manages.
    return { publicKeyPem: key.deployedPublicKeyPem ?? key.publicKeyPem };
  };

  /** The key of this generation; undefined when the slot has none or an older one. Throws when it has gone past it. */
  async function findKey({ secretArn, generation, algorithm }: KeyRequest): Promise<SigningKey | undefined> {
    const kept = await readKey(secretArn);
    if (!kept) return undefined;
    if (kept.keyId !== undefined && kept.generation < generation) {
      throw new Error(
        "A rotation made the key in this slot, and makes the next one: leave the slot's generation alone",
      );
    }
    if (kept.generation < generation) return undefined;
    if (kept.generation === generation && kept.algorithm === algorithm) return kept;
    const { generation: held, algorithm: as } = kept;
    throw new Error(`The slot holds generation ${held} (${as}) already; ask for generation ${held + 1} or more`);
  }

  async function readKey(secretArn: string): Promise<SigningKey | undefined> {
    try {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
      return SecretString === undefined ? undefined : parseSigningKey(SecretString);
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
  return { generation, algorithm, ...makeKeyPair(algorithm) };
}

function parseRequest(event: unknown): KeyRequest {
  const { secretArn, generation, algorithm } = asObject(event, "The event");
  if (typeof secretArn !== "string") throw new Error("The event needs secretArn, a string");
  return { secretArn, generation: asGeneration(generation), algorithm: asAlgorithm(algorithm) };
}

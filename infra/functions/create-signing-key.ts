import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { keepGeneration, parseAsked, whenAllowed } from "./kept-generation.ts";
import { asAlgorithm, makeKeyPair, parseSigningKey, type SigningKey } from "./signing-key.ts";

/**
 * Makes the key pair of one generation of a slot, keeps the private half in the slot's secret and answers the public
 * one. Asked again for the same generation it answers the key it has: a repeated deployment must not change keys.
 */
export function createSigningKey(secrets: SecretsManagerClient) {
  return async (event: unknown): Promise<{ publicKeyPem: string }> => {
    const { secretArn, generation, algorithm: asked } = parseAsked(event);
    const algorithm = asAlgorithm(asked);
    const key = await keepGeneration<SigningKey>(secrets, {
      secretArn,
      generation,
      kind: algorithm,
      kindOf: (held) => held.algorithm,
      parse: parseSigningKey,
      make(before) {
        if (before?.keyId !== undefined) {
          throw new Error(
            "A rotation made the key in this slot, and makes the next one: leave the slot's generation alone",
          );
        }
        return { generation, algorithm, ...makeKeyPair(algorithm) };
      },
    });
    // A rotation has CloudFront trust a key of its own, beside the one that the engine manages.
    return { publicKeyPem: key.deployedPublicKeyPem ?? key.publicKeyPem };
  };
}

const createKey = createSigningKey(new SecretsManagerClient({}));

/** What Lambda calls. */
export function handler(event: unknown): Promise<{ publicKeyPem: string }> {
  return whenAllowed(() => createKey(event));
}

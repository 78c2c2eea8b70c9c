import { generateKeyPairSync } from "node:crypto";
import { asGeneration, fieldsOfSecret } from "./parse.ts";

export type SigningAlgorithm = "ES256" | "RS256";

/** What a slot's secret holds, as the signing API reads it. */
export interface SigningKey {
  readonly generation: number;
  readonly algorithm: SigningAlgorithm;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  /** CloudFront's id of a key that a rotation made; the deployment knows its own. */
  readonly keyId?: string;
  /** Of a key that a rotation made: the one that the deployment gave CloudFront, so that deploying again changes nothing. */
  readonly deployedPublicKeyPem?: string;
}

export function makeKeyPair(algorithm: SigningAlgorithm): Pick<SigningKey, "privateKeyPem" | "publicKeyPem"> {
  const { publicKey, privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    // It ends in one newline, as CloudFront's resource wants it: with none or two it would be replaced for ever.
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Throws an Error that quotes nothing of the secret. */
export function parseSigningKey(text: string): SigningKey {
  const { generation, algorithm, privateKeyPem, publicKeyPem, keyId, deployedPublicKeyPem } = fieldsOfSecret(text);
  if (typeof privateKeyPem !== "string" || typeof publicKeyPem !== "string") {
    throw new Error("The secret holds something other than a signing key; it is left alone");
  }
  return {
    generation: asGeneration(generation),
    algorithm: asAlgorithm(algorithm),
    privateKeyPem,
    publicKeyPem,
    ...(typeof keyId === "string" && { keyId }),
    ...(typeof deployedPublicKeyPem === "string" && { deployedPublicKeyPem }),
  };
}

export function asAlgorithm(value: unknown): SigningAlgorithm {
  if (value !== "ES256" && value !== "RS256") {
    throw new Error(`algorithm is ${JSON.stringify(value)}; it is ES256 or RS256`);
  }
  return value;
}

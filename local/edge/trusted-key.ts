import { createPublicKey, type KeyObject } from "node:crypto";

/** Undefined for what CloudFront does not take: it takes RSA keys of 2048 bits and ECDSA keys on P-256, as PEM. */
export function parseTrustedKey(pem: string): KeyObject | undefined {
  const key = parsePem(pem);
  const details = key?.asymmetricKeyDetails;
  const accepted =
    (key?.asymmetricKeyType === "rsa" && details?.modulusLength === 2048) ||
    (key?.asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1");
  return accepted ? key : undefined;
}

function parsePem(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

import { createSign } from "node:crypto";
import type { UrlSigner } from "../domain/ports/signing.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * Signs custom policies as CloudFront's key groups expect them, with SHA-256 and either kind of key: an RSA signature, or
 * an ECDSA one in DER. Byte for byte what `@aws-sdk/cloudfront-signer` makes of the same policy and an RSA key.
 */
export function createCloudFrontUrlSigner({ keyId, privateKey }: SigningKey): UrlSigner {
  const suffix = `&Key-Pair-Id=${encodeURIComponent(keyId)}&Signature=`;
  return {
    keyId,
    deterministic: privateKey.asymmetricKeyType === "rsa",
    signedQuery(resource, expiresAt) {
      const policy = Buffer.from(customPolicy(resource, expiresAt), "latin1"); // ASCII by its pattern, and faster so.
      // Not the one-shot `sign`, which takes a little longer for the same.
      const signature = createSign("sha256").update(policy).sign(privateKey);
      return `Policy=${urlSafe(policy)}${suffix}${urlSafe(signature)}&Hash-Algorithm=SHA256`;
    },
  };
}

function customPolicy(resource: string, expiresAt: Date): string {
  if (!resourcePattern.test(resource)) {
    throw new TypeError(`A signed resource is an absolute URL without a query, "*" only at its end; got ${resource}`);
  }
  // Rounded down, so that a URL never outlives what it rests on.
  const epochTime = Math.floor(expiresAt.getTime() / 1000);
  if (!(epochTime > 0 && epochTime < latestEpochTime)) {
    throw new RangeError(`CloudFront takes expiry dates between 1970 and 2038; got ${expiresAt.getTime()} ms`);
  }
  return `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${epochTime}}}}]}`;
}

/**
 * In a policy `*` and `?` are wildcards, which would open more than was meant, and quotes and backslashes would end the
 * JSON string that the resource is written into.
 */
const resourcePattern = /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._~!$&'()+,;=:@%/-]*\*?$/;

/** CloudFront keeps the time as a signed 32-bit number of seconds. */
const latestEpochTime = 2 ** 31 - 1;

/** CloudFront's own base64: `-` for `+`, `_` for `=`, `~` for `/`. */
function urlSafe(bytes: Buffer): string {
  return bytes.toString("base64url").replaceAll("_", "~") + (padding[bytes.length % 3] ?? "");
}

const padding = ["", "__", "_"];

import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { IdentityStore } from "./store.ts";

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Each pool's RSA key, parsed once: a pool must not vouch for another one's users. */
export function createSigningKeys(store: Pick<IdentityStore, "signingKeyPem">): (poolId: string) => SigningKey {
  const keys = new Map<string, SigningKey>();
  return (poolId) => {
    const known = keys.get(poolId);
    if (known) return known;
    const privateKey = createPrivateKey(store.signingKeyPem(poolId));
    const publicKey = createPublicKey(privateKey);
    const kid = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("base64");
    const key = { kid, privateKey, publicKey };
    keys.set(poolId, key);
    return key;
  };
}

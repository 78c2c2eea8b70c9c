import type { PhotoId, WindowSignature } from "./photo.ts";

/** Remembers the signatures of one key and one window, of the same part of each photo: `limit` at most, the oldest go first. */
export interface SignatureMemo {
  recall(id: PhotoId, keyId: string, expiresAt: Date): WindowSignature | undefined;
  remember(id: PhotoId, signature: WindowSignature): void;
}

export function createSignatureMemo(limit: number): SignatureMemo {
  const remembered = new Map<PhotoId, WindowSignature>();
  let scope = { keyId: "", expiry: Number.NaN };

  /** A new window or a new key makes everything remembered useless at once. */
  function enter(keyId: string, expiresAt: Date): void {
    const expiry = expiresAt.getTime();
    if (keyId === scope.keyId && expiry === scope.expiry) return;
    remembered.clear();
    scope = { keyId, expiry };
  }

  return {
    recall(id, keyId, expiresAt) {
      enter(keyId, expiresAt);
      return remembered.get(id);
    },
    remember(id, signature) {
      enter(signature.keyId, signature.expiresAt);
      const [oldest] = remembered.size < limit ? [] : remembered.keys();
      if (oldest !== undefined) remembered.delete(oldest);
      remembered.set(id, signature);
    },
  };
}

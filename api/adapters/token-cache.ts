import { hash } from "node:crypto";
import type { TokenVerifier, Viewer } from "../domain/ports/sign-in.ts";
import { createGrowingCache } from "./growing-cache.ts";
import type { VerifiedToken } from "./jwt-verifier.ts";

export interface TokenCacheOptions {
  readonly verify: (token: string) => Promise<VerifiedToken>;
  /** Tokens kept at a time; the least recently used goes first. */
  readonly max?: number;
  readonly now?: () => Date;
}

interface KnownToken {
  readonly viewer: Viewer;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Verifies a token once and answers for it until it expires. Only good tokens are kept, so that a flood of bad ones takes
 * no memory, and only their SHA-256, so that a heap dump holds nobody's token.
 */
export function createTokenCache({ verify, max = 10_000, now = () => new Date() }: TokenCacheOptions): TokenVerifier {
  const known = createGrowingCache<KnownToken>(max);
  const verifying = new Map<string, Promise<Viewer>>();

  async function verifyAndKeep(token: string, digest: string): Promise<Viewer> {
    const { viewer, expiresAt } = await verify(token);
    known.set(digest, { viewer, expiresAt: expiresAt.getTime() });
    return viewer;
  }

  return {
    verify(token) {
      const digest = hash("sha256", token, "base64");
      const verified = known.get(digest);
      if (verified && now().getTime() < verified.expiresAt) return verified.viewer;
      const pending = verifying.get(digest) ?? verifyAndKeep(token, digest).finally(() => verifying.delete(digest));
      verifying.set(digest, pending);
      return pending;
    },
  };
}

import { randomBytes } from "node:crypto";
import type { CredentialLookup, Credentials } from "./types.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const sweepEvery = 1000;

export interface KeyPair {
  /** `AKIA…` lasts, `ASIA…` belongs to a session. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function newKeyPair(prefix: "AKIA" | "ASIA"): KeyPair {
  return { accessKeyId: prefix + base32(randomBytes(16)), secretAccessKey: randomBytes(30).toString("base64") };
}

/** One character of AWS's alphabet for ids for each byte. */
export function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join("");
}

export function newSessionToken(): string {
  return randomBytes(96).toString("base64");
}

/** The access keys that are good while the process runs. */
export interface AccessKeys {
  readonly find: CredentialLookup;
  add(credentials: Credentials): void;
}

export function createAccessKeys(now: () => Date): AccessKeys {
  const keys = new Map<string, Credentials>();
  let untilSweep = sweepEvery;

  /** An ended session stays until a sweep, so that a late caller learns that it ended, not that it never was. */
  function sweep(): void {
    untilSweep = sweepEvery;
    for (const [id, { expiresAt }] of keys) if (expiresAt && expiresAt <= now()) keys.delete(id);
  }

  return {
    find: (accessKeyId) => keys.get(accessKeyId),
    add(credentials) {
      if (--untilSweep === 0) sweep();
      keys.set(credentials.accessKeyId, credentials);
    },
  };
}

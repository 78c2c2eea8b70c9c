import { createHmac, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { CredentialScope } from "./credential-scope.ts";

/** A busy laptop has a handful of keys a day; the bound only keeps a flood of scopes from filling memory. */
const derived = new LRUCache<string, Buffer>({ max: 512 });

/** The key that a secret yields for one scope, remembered because deriving it costs four HMACs. */
export function signingKey(secretAccessKey: string, { date, region, service }: CredentialScope): Buffer {
  const id = [secretAccessKey, date, region, service].join("\n");
  const known = derived.get(id);
  if (known) return known;
  const key = [date, region, service, "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  derived.set(id, key);
  return key;
}

/** Lower-case hexadecimal. */
export function signatureOf(key: Buffer, text: string): string {
  return hmac(key, text).toString("hex");
}

/** Compares without telling, by its duration, how much of a guess was right. */
export function sameSecret(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "latin1").digest();
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { LinkTokens } from "../domain/ports/link-secrets.ts";

const idBytes = 16;
/** 128 bits can't be guessed, so that a fast hash of them is as good as a slow one. */
const secretBytes = 16;

/** Tokens in 43 characters of base64url: the 16 bytes of the link's id, then 16 random ones. */
export const linkTokens: LinkTokens = {
  issue(id) {
    const bytes = Buffer.concat([Buffer.from(id.replaceAll("-", ""), "hex"), randomBytes(secretBytes)]);
    if (bytes.length !== idBytes + secretBytes) throw new TypeError(`A link's id is a UUID; got ${id}`);
    return { token: bytes.toString("base64url"), hash: hashOf(bytes) };
  },

  parse(token) {
    const bytes = Buffer.from(token, "base64url");
    // One token has one spelling: Node's decoder also takes padding, other alphabets and stray bits.
    if (bytes.length !== idBytes + secretBytes || bytes.toString("base64url") !== token) return undefined;
    const hex = bytes.toString("hex", 0, idBytes);
    const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    return { id, hash: hashOf(bytes) };
  },

  matches: (one, other) => one.length === other.length && timingSafeEqual(one, other),
};

function hashOf(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

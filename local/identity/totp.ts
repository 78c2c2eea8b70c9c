import { createHmac, randomBytes } from "node:crypto";

/*
 * One-time codes by the clock, as RFC 6238 has them and every authenticator app by default: HMAC-SHA-1, six digits, a new
 * code each thirty seconds.
 */

const stepMs = 30_000;
/** 160 bits, as RFC 4226 recommends: 32 letters of base32 with nothing to pad. */
const secretBytes = 20;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new secret in base32 (RFC 4648), as it is typed into an app. */
export function createTotpSecret(): string {
  const number = BigInt(`0x${randomBytes(secretBytes).toString("hex")}`);
  const digits = number.toString(32).padStart((secretBytes * 8) / 5, "0");
  return digits.replace(/./g, (digit) => base32.charAt(Number.parseInt(digit, 32)));
}

export function isTotpSecret(text: string): boolean {
  return /^[A-Z2-7]{32}$/.test(text);
}

/** Which of the thirty seconds since 1970 it is. */
export function totpStep(time: Date): number {
  return Math.floor(time.getTime() / stepMs);
}

/** The code of a secret of `createTotpSecret` in one step. */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  // RFC 4226: the last four bits say where the number is, whose sign bit does not count.
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

function bytesOf(secret: string): Buffer {
  const number = [...secret].reduce((value, letter) => value * 32n + BigInt(base32.indexOf(letter)), 0n);
  return Buffer.from(number.toString(16).padStart(secretBytes * 2, "0"), "hex");
}

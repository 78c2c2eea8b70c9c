import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Secure Remote Password (SRP-6a, RFC 5054) as Cognito speaks it: the 3072-bit group with generator 2, SHA-256, numbers
 * hashed as the shortest big-endian two's complement, and HKDF's info "Caldera Derived Key".
 */
const N = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const g = 2n;
const k = toNumber(sha256(bytes(N), bytes(g)));

/** What the server keeps instead of the password. As in Cognito, whoever steals it can guess offline. */
export interface SrpVerifier {
  readonly salt: string;
  readonly verifier: string;
}

/** One run of the exchange, from the client's A to the proof that it knows the password. */
export interface SrpExchange {
  /** The server's public value B in hex. */
  readonly serverPublic: string;
  readonly salt: string;
  /** Compares in constant time the client's signature over the secret block and its timestamp. */
  proves(claim: { secretBlock: Buffer; timestamp: string; signature: Buffer }): boolean;
}

export function deriveSrpVerifier(poolId: string, username: string, password: string): SrpVerifier {
  const salt = toNumber(randomBytes(16));
  const identity = sha256(Buffer.from(`${poolName(poolId)}${username}:${password}`));
  const x = toNumber(sha256(bytes(salt), identity));
  return { salt: salt.toString(16), verifier: modPow(g, x).toString(16) };
}

/**
 * Answers a client's public value A. Resolves to undefined for one that would make the shared secret known to anybody
 * (a multiple of N, RFC 5054 section 2.5.4).
 */
export function answerSrp(
  user: { poolId: string; username: string; srp: SrpVerifier },
  clientPublic: string,
): SrpExchange | undefined {
  const A = BigInt(`0x${clientPublic}`);
  if (A % N === 0n) return undefined;

  const v = BigInt(`0x${user.srp.verifier}`);
  const b = toNumber(randomBytes(32));
  const B = (k * v + modPow(g, b)) % N;
  const u = toNumber(sha256(bytes(A), bytes(B)));
  const shared = modPow(A * modPow(v, u), b);
  const key = Buffer.from(hkdfSync("sha256", bytes(shared), bytes(u), "Caldera Derived Key", 16));

  return {
    serverPublic: B.toString(16),
    salt: user.srp.salt,
    proves({ secretBlock, timestamp, signature }) {
      const expected = createHmac("sha256", key)
        .update(poolName(user.poolId))
        .update(user.username)
        .update(secretBlock)
        .update(timestamp)
        .digest();
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  };
}

/** Cognito hashes the pool's id without its region. */
function poolName(poolId: string): string {
  return poolId.slice(poolId.indexOf("_") + 1);
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toNumber(value: Buffer): bigint {
  return BigInt(`0x${value.toString("hex")}`);
}

/** A leading zero byte keeps a number whose top bit is set from reading as negative. */
function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function modPow(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

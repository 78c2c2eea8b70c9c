import { randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { CognitoError } from "./errors.ts";
import type { UserPool } from "./pools.ts";
import { deriveSrpVerifier } from "./srp.ts";

type PasswordPolicy = UserPool["passwordPolicy"];

/** What is kept of a password, in base64: one half answers sign-in by password, the other by SRP. */
export interface PasswordRecord {
  readonly salt: string;
  readonly scrypt: string;
  readonly srp: { readonly salt: string; readonly verifier: string };
}

const lower = "abcdefghijkmnopqrstuvwxyz";
const upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const digits = "23456789";
/** Only such symbols as no shell, URL or JSON minds: people paste these. */
const symbols = "-_.";

/** Cognito's own set; anything else counts as no symbol. */
const cognitoSymbols = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/;

/** Throws Cognito's InvalidPasswordException for the first rule of the pool that the password breaks. */
export function checkPassword(policy: PasswordPolicy, password: string): void {
  const rules: [broken: boolean, reason: string][] = [
    [password.length < policy.minimumLength, "Password not long enough"],
    [password.length > 256, "Password too long"],
    [policy.requireUppercase && !/[A-Z]/.test(password), "Password must have uppercase characters"],
    [policy.requireLowercase && !/[a-z]/.test(password), "Password must have lowercase characters"],
    [policy.requireNumbers && !/[0-9]/.test(password), "Password must have numeric characters"],
    [policy.requireSymbols && !cognitoSymbols.test(password), "Password must have symbol characters"],
    [password !== password.trim(), "Password must not begin or end with a space"],
  ];
  const broken = rules.find(([isBroken]) => isBroken);
  if (broken) throw new CognitoError("InvalidPasswordException", `Password did not conform with policy: ${broken[1]}`);
}

/** A random password that meets any policy of that length: at least 100 bits, of all four kinds. */
export function generatePassword({ minimumLength }: Pick<PasswordPolicy, "minimumLength">): string {
  const pick = (alphabet: string) => alphabet.charAt(randomInt(alphabet.length));
  const anything = lower + upper + digits;
  const rest = Array.from({ length: Math.max(minimumLength, 20) - 4 }, () => pick(anything)).join("");
  return `${pick(upper)}${pick(lower)}${pick(digits)}${pick(symbols)}${rest}`;
}

export async function hashPassword(pool: UserPool, username: string, password: string): Promise<PasswordRecord> {
  const salt = randomBytes(16);
  return {
    salt: salt.toString("base64"),
    scrypt: (await stretch(password, salt)).toString("base64"),
    srp: deriveSrpVerifier(pool.id, username, password),
  };
}

/** Takes as long for an absent record as for a present one, so that time does not tell which users exist. */
export async function passwordMatches(record: PasswordRecord | undefined, password: string): Promise<boolean> {
  const { salt, scrypt: expected } = record ?? nobody;
  const actual = await stretch(password, Buffer.from(salt, "base64"));
  return timingSafeEqual(actual, Buffer.from(expected, "base64")) && record !== undefined;
}

const nobody = { salt: randomBytes(16).toString("base64"), scrypt: randomBytes(32).toString("base64") };

const scryptAsync = promisify<string, Buffer, number, { N: number; maxmem: number }, Buffer>(scrypt);

function stretch(password: string, salt: Buffer): Promise<Buffer> {
  // 16 MiB per guess (128 · N · r with Node's r = 8); `maxmem` must be above that.
  return scryptAsync(password.normalize("NFC"), salt, 32, { N: 2 ** 14, maxmem: 2 ** 26 });
}

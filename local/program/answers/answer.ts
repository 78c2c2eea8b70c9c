import { createHash } from "node:crypto";

/** Where the local cloud pretends to be. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** A resource as the program asked for it. */
export interface Declared {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the AWS provider would answer after creating a resource: its id, and what it computed. */
export interface Answer {
  readonly id: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** By Pulumi type token. */
export type Answers = Readonly<Record<string, (declared: Declared, place: Place) => Answer>>;

export function describe({ type, name }: Pick<Declared, "type" | "name">): string {
  return `${type} "${name}"`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An input that the provider could not do without. */
export function text(declared: Declared, input: string): string {
  const value = declared.inputs[input];
  if (typeof value !== "string" || value === "") throw new Error(`${describe(declared)}: ${input} must be a string`);
  return value;
}

/** The physical name: the one asked for, or the logical name with a suffix, as Pulumi makes them. */
export function physicalName(declared: Declared, input = "name"): string {
  const { [input]: name, [`${input}Prefix`]: prefix } = declared.inputs;
  if (typeof name === "string") return name;
  const suffix = characters(declared, 7, hexadecimal);
  return typeof prefix === "string" ? `${prefix}${suffix}` : `${declared.name}-${suffix}`;
}

export function arn(place: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** The ARN of a resource of IAM or CloudFront, which belong to no region. */
export function globalArn(place: Place, service: string, resource: string): string {
  return `arn:aws:${service}::${place.accountId}:${resource}`;
}

/** The region that the resource names, or else the stack's. */
export function placeOf(declared: Declared, place: Place): Place {
  return typeof declared.inputs.region === "string" ? { ...place, region: declared.inputs.region } : place;
}

export const hexadecimal = "0123456789abcdef";
export const lowerCase = "abcdefghijklmnopqrstuvwxyz0123456789";
export const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Looks random, but is the same after every restart. `salt` is for what AWS would replace when it changes. */
export function characters(declared: Declared, length: number, alphabet: string, salt = ""): string {
  const hash = createHash("sha256").update(`${declared.urn}\n${salt}`).digest();
  return Array.from({ length }, (_, index) => alphabet.charAt((hash[index] ?? 0) % alphabet.length)).join("");
}

export function uuid(declared: Declared): string {
  const hex = characters(declared, 32, hexadecimal);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

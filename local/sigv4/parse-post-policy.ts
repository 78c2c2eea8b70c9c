import { SigV4Error } from "./sigv4-error.ts";

/** A condition on one field of a form; its name is lower-case and without the `$`. */
export interface PostCondition {
  readonly operator: "eq" | "starts-with";
  readonly field: string;
  readonly value: string;
}

/** Bytes, both ends included. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

export interface PostPolicy {
  readonly expiration: Date;
  readonly conditions: readonly PostCondition[];
  readonly lengthRange: LengthRange | undefined;
}
/** S3 takes no more than 20 KB of form before the file. */
const longestPolicy = 20 * 1024;

/** Reads a policy as it stands in the form, in Base64; throws InvalidPolicyDocument. */
export function parsePostPolicy(base64: string): PostPolicy {
  const { expiration, conditions, ...rest } = parseDocument(base64);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`Unexpected: '${unknown}'.`);
  if (typeof expiration !== "string" || !/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(expiration))
    throw invalid("Invalid 'expiration' value.");
  const expires = new Date(expiration);
  if (Number.isNaN(expires.getTime())) throw invalid(`Invalid 'expiration' value: '${expiration}'.`);
  if (!Array.isArray(conditions)) throw invalid("Policy missing conditions.");
  const ranges = conditions.filter(isLengthRange).map(parseLengthRange);
  return {
    expiration: expires,
    conditions: conditions.filter((condition) => !isLengthRange(condition)).flatMap(parseCondition),
    // Several ranges all hold.
    lengthRange: ranges.length === 0 ? undefined : ranges.reduce(intersect),
  };
}

function parseDocument(base64: string): Readonly<Record<string, unknown>> {
  if (base64.length > longestPolicy) throw invalid("Policy is too long.");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw invalid("Invalid Base64.");
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (!isObject(document)) throw invalid("Invalid JSON.");
  return document;
}

/** `{"acl": "private"}` is short for `["eq", "$acl", "private"]`. */
function parseCondition(condition: unknown): PostCondition[] {
  if (isObject(condition)) {
    return Object.entries(condition).map(([name, value]) => toCondition("eq", `$${name}`, value));
  }
  if (!Array.isArray(condition) || condition.length !== 3) throw invalid("Invalid condition.");
  const [operator, field, value] = condition;
  return [toCondition(operator, field, value)];
}

function toCondition(operator: unknown, field: unknown, value: unknown): PostCondition {
  const name = typeof operator === "string" ? operator.toLowerCase() : undefined;
  if (name !== "eq" && name !== "starts-with")
    throw invalid(`Invalid condition operator: ${JSON.stringify(operator)}.`);
  if (typeof field !== "string" || !field.startsWith("$")) throw invalid("A condition's field must begin with $.");
  if (typeof value !== "string") throw invalid(`The condition on ${field} needs a string.`);
  return { operator: name, field: field.slice(1).toLowerCase(), value };
}

function isLengthRange(condition: unknown): condition is readonly unknown[] {
  return Array.isArray(condition) && String(condition[0]).toLowerCase() === "content-length-range";
}

function parseLengthRange([, low, high, ...rest]: readonly unknown[]): LengthRange {
  const [min, max] = [parseBytes(low), parseBytes(high)];
  if (rest.length > 0 || min > max) throw invalid("Invalid content-length-range.");
  return { min, max };
}

/** Some signers write the numbers as strings. */
function parseBytes(value: unknown): number {
  const bytes = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof bytes === "number" && Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw invalid("Invalid content-length-range.");
}

function intersect(a: LengthRange, b: LengthRange): LengthRange {
  return { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(why: string): SigV4Error {
  return new SigV4Error("InvalidPolicyDocument", `Invalid Policy: ${why}`);
}

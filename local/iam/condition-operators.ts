import { BlockList, isIP } from "node:net";
import type { ConditionLookup } from "./condition-context.ts";
import { matchesArn, matchesPattern } from "./match.ts";
import { PolicyError } from "./policy-error.ts";
import { resolvePattern, resolveText } from "./policy-variables.ts";

/** A way to compare a request's value with a policy's. */
export interface Comparison {
  /** Whether a policy may hold this value; one that no request could meet would make a Deny that never denies. */
  readonly accepts: (policyValue: string) => boolean;
  /** Undefined when the policy's value has a variable that the request gives no value. */
  readonly meets: (value: string, policyValue: string, lookup: ConditionLookup) => boolean | undefined;
}

export interface Operator {
  readonly comparison: Comparison;
  /** Holds when no value of the policy is met, so also when the request has no such key. */
  readonly negated: boolean;
}

const anyText = () => true;

function text(same: (value: string, policyValue: string) => boolean): Comparison {
  return {
    accepts: anyText,
    meets(value, policyValue, lookup) {
      const resolved = resolveText(policyValue, lookup);
      return resolved === undefined ? undefined : same(value, resolved);
    },
  };
}

function pattern(matches: typeof matchesPattern): Comparison {
  return {
    accepts: anyText,
    meets(value, policyValue, lookup) {
      const resolved = resolvePattern(policyValue, lookup);
      return resolved === undefined ? undefined : matches(resolved, value);
    },
  };
}

/** Compares what `read` makes of both; NaN, for what is no such thing, meets nothing. */
function measured(read: (text: string) => number, holds: (value: number, policyValue: number) => boolean): Comparison {
  return {
    accepts: (policyValue) => !Number.isNaN(read(policyValue)),
    meets: (value, policyValue) => holds(read(value), read(policyValue)),
  };
}

const equal = (a: number, b: number) => a === b;
const less = (a: number, b: number) => a < b;
const lessOrEqual = (a: number, b: number) => a <= b;
const greater = (a: number, b: number) => a > b;
const greaterOrEqual = (a: number, b: number) => a >= b;

const equals = text((a, b) => a === b);
const equalsIgnoringCase = text((a, b) => a.toLowerCase() === b.toLowerCase());
const like = pattern(matchesPattern);
const arnLike = pattern(matchesArn);
const bool: Comparison = {
  accepts: (policyValue) => /^(true|false)$/i.test(policyValue),
  meets: (value, policyValue) => value.toLowerCase() === policyValue.toLowerCase(),
};
const network: Comparison = { accepts: (policyValue) => parseNetwork(policyValue) !== undefined, meets: inNetwork };

const is = (comparison: Comparison): Operator => ({ comparison, negated: false });
const isNot = (comparison: Comparison): Operator => ({ comparison, negated: true });

const operators: ReadonlyMap<string, Operator> = new Map([
  ["StringEquals", is(equals)],
  ["StringNotEquals", isNot(equals)],
  ["StringEqualsIgnoreCase", is(equalsIgnoringCase)],
  ["StringNotEqualsIgnoreCase", isNot(equalsIgnoringCase)],
  ["StringLike", is(like)],
  ["StringNotLike", isNot(like)],
  // To IAM they are one: ArnEquals takes wildcards too.
  ["ArnEquals", is(arnLike)],
  ["ArnNotEquals", isNot(arnLike)],
  ["ArnLike", is(arnLike)],
  ["ArnNotLike", isNot(arnLike)],
  ["NumericEquals", is(measured(readNumber, equal))],
  ["NumericNotEquals", isNot(measured(readNumber, equal))],
  ["NumericLessThan", is(measured(readNumber, less))],
  ["NumericLessThanEquals", is(measured(readNumber, lessOrEqual))],
  ["NumericGreaterThan", is(measured(readNumber, greater))],
  ["NumericGreaterThanEquals", is(measured(readNumber, greaterOrEqual))],
  ["DateEquals", is(measured(readDate, equal))],
  ["DateNotEquals", isNot(measured(readDate, equal))],
  ["DateLessThan", is(measured(readDate, less))],
  ["DateLessThanEquals", is(measured(readDate, lessOrEqual))],
  ["DateGreaterThan", is(measured(readDate, greater))],
  ["DateGreaterThanEquals", is(measured(readDate, greaterOrEqual))],
  ["Bool", is(bool)],
  ["IpAddress", is(network)],
  ["NotIpAddress", isNot(network)],
]);

/** Throws PolicyError for an operator that is not known here: to guess it would grant or refuse at random. */
export function operatorNamed(name: string): Operator {
  const operator = operators.get(name);
  if (operator) return operator;
  const known = ["Null", ...operators.keys()].join(", ");
  throw new PolicyError(`The condition operator ${name} is not known to the local evaluator; known are ${known}.`);
}

function readNumber(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** ISO 8601, or seconds since 1970. */
function readDate(text: string): number {
  const seconds = readNumber(text);
  return Number.isNaN(seconds) ? Date.parse(text) : seconds * 1000;
}

function inNetwork(value: string, policyValue: string): boolean {
  const family = familyOf(value);
  return family !== undefined && (parseNetwork(policyValue)?.check(value, family) ?? false);
}

/** An address, or a range in CIDR notation. */
function parseNetwork(text: string): BlockList | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = familyOf(address);
  const bits = family === "ipv4" ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (!family || length > bits) return undefined;
  const list = new BlockList();
  list.addSubnet(address, length, family);
  return list;
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  return isIP(address) === 4 ? "ipv4" : isIP(address) === 6 ? "ipv6" : undefined;
}

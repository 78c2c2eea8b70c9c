import { BlockList, isIP } from "node:net";
import type { ConditionLookup } from "./condition-context.ts";
import { matchesArn, matchesPattern } from "./match.ts";
import { PolicyError } from "./policy-error.ts";
import { resolvePattern, resolveText } from "./policy-variables.ts";
import type { OneOrMany, PolicyStatement } from "./types.ts";

/** Whether one value of the request meets one value of the policy; undefined when a policy variable has no value. */
type Test = (value: string, policyValue: string, lookup: ConditionLookup) => boolean | undefined;
type SetQualifier = "ForAnyValue" | "ForAllValues";

interface Operator {
  readonly test: Test;
  /** A negated operator asks that no value of the policy is met, and holds when the request has no such key. */
  readonly negated: boolean;
}

const text =
  (same: (value: string, policyValue: string) => boolean): Test =>
  (value, policyValue, lookup) => {
    const resolved = resolveText(policyValue, lookup);
    return resolved === undefined ? undefined : same(value, resolved);
  };

const number = (holds: (value: number, policyValue: number) => boolean): Test => {
  return (value, policyValue) => isNumber(value) && isNumber(policyValue) && holds(Number(value), Number(policyValue));
};

const date = (holds: (value: number, policyValue: number) => boolean): Test => {
  return (value, policyValue) => holds(parseDate(value), parseDate(policyValue));
};

const pattern =
  (matches: typeof matchesPattern): Test =>
  (value, policyValue, lookup) => {
    const resolved = resolvePattern(policyValue, lookup);
    return resolved === undefined ? undefined : matches(resolved, value);
  };

const is = (test: Test): Operator => ({ test, negated: false });
const isNot = (test: Test): Operator => ({ test, negated: true });

const equals = text((a, b) => a === b);
const equalsIgnoringCase = text((a, b) => a.toLowerCase() === b.toLowerCase());
const like = pattern(matchesPattern);
const arnLike = pattern(matchesArn);
const numberEquals = number((a, b) => a === b);
const dateEquals = date((a, b) => a === b);

const operators: ReadonlyMap<string, Operator> = new Map([
  ["StringEquals", is(equals)],
  ["StringNotEquals", isNot(equals)],
  ["StringEqualsIgnoreCase", is(equalsIgnoringCase)],
  ["StringNotEqualsIgnoreCase", isNot(equalsIgnoringCase)],
  ["StringLike", is(like)],
  ["StringNotLike", isNot(like)],
  // For IAM the two are one: ArnEquals takes wildcards too.
  ["ArnEquals", is(arnLike)],
  ["ArnNotEquals", isNot(arnLike)],
  ["ArnLike", is(arnLike)],
  ["ArnNotLike", isNot(arnLike)],
  ["NumericEquals", is(numberEquals)],
  ["NumericNotEquals", isNot(numberEquals)],
  ["NumericLessThan", is(number((a, b) => a < b))],
  ["NumericLessThanEquals", is(number((a, b) => a <= b))],
  ["NumericGreaterThan", is(number((a, b) => a > b))],
  ["NumericGreaterThanEquals", is(number((a, b) => a >= b))],
  ["DateEquals", is(dateEquals)],
  ["DateNotEquals", isNot(dateEquals)],
  ["DateLessThan", is(date((a, b) => a < b))],
  ["DateLessThanEquals", is(date((a, b) => a <= b))],
  ["DateGreaterThan", is(date((a, b) => a > b))],
  ["DateGreaterThanEquals", is(date((a, b) => a >= b))],
  ["Bool", is(equalsIgnoringCase)],
  ["IpAddress", is(inNetwork)],
  ["NotIpAddress", isNot(inNetwork)],
]);

interface ParsedOperator {
  readonly operator: Operator | "Null";
  readonly ifExists: boolean;
  readonly qualifier: SetQualifier | undefined;
}

/** Reads `ForAnyValue:StringLikeIfExists` and its like; throws PolicyError for an operator that is not known here. */
export function parseOperator(name: string): ParsedOperator {
  const [, qualifier, base = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  if (base === "Null" && !qualifier && !ifExists) return { operator: "Null", ifExists: false, qualifier: undefined };
  const operator = operators.get(base);
  if (!operator) {
    throw new PolicyError(
      `The condition operator ${name} is not known to the local evaluator; known are ${knownOperators()}.`,
    );
  }
  return { operator, ifExists: ifExists !== undefined, qualifier: qualifier as SetQualifier | undefined };
}

/** Whether every condition of a statement holds. */
export function conditionsHold(conditions: PolicyStatement["Condition"], lookup: ConditionLookup): boolean {
  return Object.entries(conditions ?? {}).every(([name, keys]) => {
    const operator = parseOperator(name);
    return Object.entries(keys).every(([key, wanted]) => conditionHolds(operator, key, listOf(wanted), lookup));
  });
}

function conditionHolds(
  { operator, ifExists, qualifier }: ParsedOperator,
  key: string,
  wanted: readonly string[],
  lookup: ConditionLookup,
): boolean {
  const values = lookup(key);
  if (operator === "Null") return wanted.includes(values === undefined ? "true" : "false");
  if (values === undefined || values.length === 0) {
    return ifExists || qualifier === "ForAllValues" || (operator.negated && qualifier === undefined);
  }
  if (values.length > 1 && qualifier === undefined) {
    throw new PolicyError(`${key} has several values: its condition needs ForAnyValue or ForAllValues.`);
  }
  const holds = (value: string) => valueHolds(operator, value, wanted, lookup);
  return qualifier === "ForAnyValue" ? values.some(holds) : values.every(holds);
}

function valueHolds(
  { test, negated }: Operator,
  value: string,
  wanted: readonly string[],
  lookup: ConditionLookup,
): boolean {
  const met = wanted.map((policyValue) => test(value, policyValue, lookup));
  // A variable without a value takes the statement out of play, whichever way the operator points.
  if (negated) return met.every((one) => one === false);
  return met.includes(true);
}

function listOf(wanted: OneOrMany<string | boolean | number>): string[] {
  return [wanted].flat().map(String);
}

function isNumber(value: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(value);
}

/** ISO 8601, or seconds since 1970; NaN for neither, which no comparison meets. */
function parseDate(value: string): number {
  return isNumber(value) ? Number(value) * 1000 : Date.parse(value);
}

function inNetwork(value: string, policyValue: string): boolean {
  const [network = "", prefix] = policyValue.split("/");
  const family = familyOf(network);
  if (!family) throw new PolicyError(`${policyValue} is not an IP address or a CIDR range.`);
  const valueFamily = familyOf(value);
  if (!valueFamily) return false;
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(network, family);
  else list.addSubnet(network, Number(prefix), family);
  return list.check(value, valueFamily);
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  return isIP(address) === 4 ? "ipv4" : isIP(address) === 6 ? "ipv6" : undefined;
}

function knownOperators(): string {
  return ["Null", ...operators.keys()].join(", ");
}

import type { ConditionLookup } from "./condition-context.ts";
import { type Operator, operatorNamed } from "./condition-operators.ts";
import { PolicyError } from "./policy-error.ts";
import type { OneOrMany, PolicyStatement } from "./types.ts";

type PolicyValues = OneOrMany<string | boolean | number>;
type Quantifier = "ForAnyValue" | "ForAllValues";

interface QualifiedOperator {
  readonly operator: Operator;
  readonly quantifier: Quantifier | undefined;
  readonly ifExists: boolean;
}

const quantifiers: readonly Quantifier[] = ["ForAnyValue", "ForAllValues"];

/** Whether every condition of a statement holds; throws PolicyError for one that it cannot decide. */
export function conditionsHold(conditions: PolicyStatement["Condition"], lookup: ConditionLookup): boolean {
  return Object.entries(conditions ?? {}).every(([name, keys]) => {
    return Object.entries(keys).every(([key, wanted]) => conditionHolds(name, key, textsOf(wanted), lookup));
  });
}

/** Throws PolicyError for an operator that is not known and for values that it cannot compare. */
export function checkCondition(name: string, key: string, wanted: PolicyValues): void {
  const accepts = name === "Null" ? isBoolean : parseOperator(name).operator.comparison.accepts;
  const odd = textsOf(wanted).find((value) => !accepts(value));
  if (odd !== undefined) throw new PolicyError(`${name} can't compare ${key} with ${JSON.stringify(odd)}.`);
}

function conditionHolds(name: string, key: string, wanted: readonly string[], lookup: ConditionLookup): boolean {
  const values = lookup(key) ?? [];
  if (name === "Null") return wanted.includes(String(values.length === 0));
  const { operator, quantifier, ifExists } = parseOperator(name);
  if (values.length === 0) {
    return ifExists || quantifier === "ForAllValues" || (operator.negated && quantifier === undefined);
  }
  if (values.length > 1 && quantifier === undefined) {
    throw new PolicyError(`${key} has several values here: its condition needs ForAnyValue or ForAllValues.`);
  }
  const holds = (value: string) => valueHolds(operator, value, wanted, lookup);
  return quantifier === "ForAnyValue" ? values.some(holds) : values.every(holds);
}

function valueHolds(operator: Operator, value: string, wanted: readonly string[], lookup: ConditionLookup): boolean {
  const met = wanted.map((policyValue) => operator.comparison.meets(value, policyValue, lookup));
  // A variable without a value takes the statement out of play, whichever way the operator points.
  return operator.negated ? met.every((one) => one === false) : met.includes(true);
}

/** Reads `ForAnyValue:StringLikeIfExists` and its like. */
function parseOperator(name: string): QualifiedOperator {
  const quantifier = quantifiers.find((one) => name.startsWith(`${one}:`));
  const unquantified = quantifier ? name.slice(quantifier.length + 1) : name;
  const ifExists = unquantified.endsWith("IfExists");
  return { operator: operatorNamed(ifExists ? unquantified.slice(0, -8) : unquantified), quantifier, ifExists };
}

function textsOf(wanted: PolicyValues): string[] {
  return [wanted].flat().map(String);
}

function isBoolean(text: string): boolean {
  return text === "true" || text === "false";
}

import { type Static, Type } from "typebox";
import { parseAs, parseInputs, parseOutputs } from "../program/parse-inputs.ts";
import type { Recording } from "../program/recording.ts";
import { compileStatement, NotEvaluatedError, referred, type Statement } from "./statements.ts";

const closed = { additionalProperties: false };
const Nothing = Type.Object({}, closed);

export const CustomResponse = Type.Object(
  {
    customResponseBodyKey: Type.Optional(Type.String()),
    responseCode: Type.Integer({ minimum: 200, maximum: 599 }),
    responseHeaders: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }, closed))),
  },
  closed,
);

export const Block = Type.Object({ customResponse: Type.Optional(CustomResponse) }, closed);

const Action = Type.Union([
  Type.Object({ allow: Nothing }, closed),
  Type.Object({ block: Block }, closed),
  Type.Object({ count: Nothing }, closed),
]);

export const VisibilityConfig = Type.Object({ metricName: Type.String() });

/** One entry of `rules`, in a web ACL or in a rule group. */
const Rule = Type.Object(
  {
    action: Type.Optional(Action),
    name: Type.String(),
    overrideAction: Type.Optional(
      Type.Union([Type.Object({ count: Nothing }, closed), Type.Object({ none: Nothing }, closed)]),
    ),
    priority: Type.Integer({ minimum: 0 }),
    ruleLabels: Type.Optional(Type.Array(Type.Object({ name: Type.String() }, closed))),
    statement: Type.Unknown(),
    visibilityConfig: VisibilityConfig,
  },
  closed,
);

const RuleGroup = Type.Object({ rules: Type.Optional(Type.Array(Type.Unknown())) });
const Named = Type.Object({ name: Type.String() });

const RuleGroupReference = Type.Object({ ruleGroupReferenceStatement: Type.Object({ arn: Type.String() }, closed) });

export interface CompiledRule {
  readonly name: string;
  readonly metricName: string;
  readonly action: Static<typeof Action>;
  /** Fully qualified, as `awswaf:account:webacl:name:label`. */
  readonly labels: readonly string[];
  readonly statement: Statement;
}

export interface RuleSet {
  /** In the order in which they are tried. */
  readonly rules: readonly CompiledRule[];
  /** What was declared and cannot be judged here: `rule (what)`. */
  readonly notEvaluated: readonly string[];
}

interface Within {
  readonly recording: Recording;
  /** `awswaf:000000000000:webacl:media`. */
  readonly labelPrefix: string;
  /** A group referred to in count mode: nothing in it may end the evaluation. */
  readonly countOnly: boolean;
}

/** Makes rules of recorded ones, those of the rule groups they refer to in their place; throws an Error that names the rule. */
export function compileRules(declared: readonly unknown[], within: Within): RuleSet {
  const inOrder = declared.map(readRule).toSorted((a, b) => a.priority - b.priority);
  const sets = inOrder.map((rule) => compileRule(rule, within));
  return { rules: sets.flatMap(({ rules }) => rules), notEvaluated: sets.flatMap(({ notEvaluated }) => notEvaluated) };
}

/** Named before it is judged, so that every error can say which rule it is about. */
function readRule(declared: unknown, index: number): Static<typeof Rule> {
  const { name } = parseAs(Named, declared, `web ACL rule number ${index}`);
  return parseAs(Rule, declared, `web ACL rule ${name}`);
}

function compileRule(rule: Static<typeof Rule>, within: Within): RuleSet {
  const scope = { recording: within.recording, rule: rule.name };
  if (isGroupReference(rule.statement)) return compileGroup(rule, within);
  try {
    const statement = compileStatement(rule.statement, scope);
    if (rule.action === undefined) throw new Error(`web ACL rule ${rule.name}: it must have an action`);
    const labels = (rule.ruleLabels ?? []).map(({ name }) => `${within.labelPrefix}:${name}`);
    const action = within.countOnly ? { count: {} } : rule.action;
    const { metricName } = rule.visibilityConfig;
    return { rules: [{ name: rule.name, metricName, action, labels, statement }], notEvaluated: [] };
  } catch (error) {
    if (!(error instanceof NotEvaluatedError)) throw error;
    return { rules: [], notEvaluated: [`${rule.name} (${error.message})`] };
  }
}

function compileGroup(rule: Static<typeof Rule>, within: Within): RuleSet {
  const where = `web ACL rule ${rule.name}: statement`;
  const { arn } = parseAs(RuleGroupReference, rule.statement, where).ruleGroupReferenceStatement;
  const resource = referred("aws:wafv2/ruleGroup:RuleGroup", arn, { recording: within.recording, rule: rule.name });
  const { rules = [] } = parseInputs(RuleGroup, resource);
  const countOnly = within.countOnly || (rule.overrideAction !== undefined && "count" in rule.overrideAction);
  const labelPrefix = `awswaf:${within.recording.accountId}:rulegroup:${parseOutputs(Named, resource).name}`;
  return compileRules(rules, { ...within, labelPrefix, countOnly });
}

function isGroupReference(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && "ruleGroupReferenceStatement" in statement;
}

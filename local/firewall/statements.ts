import { type Static, type TSchema, Type } from "typebox";
import { parseAs, parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import { addressSet } from "./address-set.ts";
import { FieldToMatch, field } from "./fields.ts";
import { RateCounter } from "./rate-counter.ts";
import type { InspectedRequest } from "./request.ts";
import { TextTransformations, transformer } from "./transformations.ts";

/** One evaluation of the web ACL: the request, and the labels that its rules have put on it so far. */
export interface Evaluation {
  readonly request: InspectedRequest;
  readonly labels: Set<string>;
  readonly now: Date;
}

export interface Statement {
  matches(evaluation: Evaluation): boolean;
  readonly needsBody: boolean;
}

/** What a rule asks for that no laptop can judge: rules of AWS's own, detectors, data about the address. */
export class NotEvaluatedError extends Error {}

/** Where a statement stands: what it may refer to, and the rule to name in an error. */
export interface Scope {
  readonly recording: Recording;
  readonly rule: string;
}

type Compile = (declared: unknown, scope: Scope) => Statement;

const closed = { additionalProperties: false };
const Nested = Type.Object({ statement: Type.Unknown() }, closed);
const Several = Type.Object({ statements: Type.Array(Type.Unknown(), { minItems: 2 }) }, closed);
const ByteMatch = Type.Object(
  {
    fieldToMatch: FieldToMatch,
    positionalConstraint: Type.Enum(["EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD"]),
    searchString: Type.String(),
    textTransformations: TextTransformations,
  },
  closed,
);
const SizeConstraint = Type.Object(
  {
    comparisonOperator: Type.Enum(["EQ", "NE", "LE", "LT", "GE", "GT"]),
    fieldToMatch: FieldToMatch,
    size: Type.Integer({ minimum: 0 }),
    textTransformations: TextTransformations,
  },
  closed,
);
const RegexMatch = Type.Object(
  { fieldToMatch: FieldToMatch, regexString: Type.String(), textTransformations: TextTransformations },
  closed,
);
const RegexSet = Type.Object(
  { arn: Type.String(), fieldToMatch: FieldToMatch, textTransformations: TextTransformations },
  closed,
);
const RateBased = Type.Object(
  {
    aggregateKeyType: Type.Enum(["IP", "CONSTANT"]),
    evaluationWindowSec: Type.Optional(Type.Enum([60, 120, 300, 600])),
    limit: Type.Integer({ minimum: 10 }),
    scopeDownStatement: Type.Optional(Type.Unknown()),
  },
  closed,
);

const compilers: Readonly<Record<string, Compile>> = {
  andStatement: junction((all, evaluation) => all.every((one) => one.matches(evaluation))),
  orStatement: junction((all, evaluation) => all.some((one) => one.matches(evaluation))),
  notStatement: kind(Nested, ({ statement }, scope) => {
    const inner = compileStatement(statement, scope);
    return { needsBody: inner.needsBody, matches: (evaluation) => !inner.matches(evaluation) };
  }),
  byteMatchStatement: kind(ByteMatch, (declared) => {
    const sought = Buffer.from(declared.searchString, "utf8").toString("latin1");
    const found = positions[declared.positionalConstraint];
    return textStatement(declared, (text) => found(text, sought));
  }),
  geoMatchStatement: kind(Type.Object({ countryCodes: Type.Array(Type.String()) }, closed), ({ countryCodes }) => ({
    needsBody: false,
    matches: ({ request: { country } }) => country !== undefined && countryCodes.includes(country),
  })),
  ipSetReferenceStatement: kind(Type.Object({ arn: Type.String() }, closed), ({ arn }, scope) => {
    const Inputs = Type.Object({ addresses: Type.Optional(Type.Array(Type.String())) });
    const { addresses = [] } = parseInputs(Inputs, referred("aws:wafv2/ipSet:IpSet", arn, scope));
    const set = addressSet(addresses);
    return { needsBody: false, matches: ({ request }) => set.contains(request.clientIp) };
  }),
  labelMatchStatement: kind(
    Type.Object({ key: Type.String(), scope: Type.Enum(["LABEL", "NAMESPACE"]) }, closed),
    ({ key, scope }) => {
      const has = (label: string) =>
        scope === "LABEL" ? `:${label}`.endsWith(`:${key}`) : `:${label}`.includes(`:${key}`);
      return { needsBody: false, matches: ({ labels }) => [...labels].some(has) };
    },
  ),
  rateBasedStatement: kind(RateBased, (declared, scope) => {
    const { aggregateKeyType, evaluationWindowSec = 300, limit, scopeDownStatement } = declared;
    const counter = new RateCounter(evaluationWindowSec);
    const scopeDown = scopeDownStatement === undefined ? undefined : compileStatement(scopeDownStatement, scope);
    return {
      needsBody: scopeDown?.needsBody ?? false,
      matches(evaluation) {
        if (scopeDown?.matches(evaluation) === false) return false;
        return counter.add(aggregateKeyType === "IP" ? evaluation.request.clientIp : "", evaluation.now) > limit;
      },
    };
  }),
  regexMatchStatement: kind(RegexMatch, (declared, scope) => {
    const expression = regex(declared.regexString, scope);
    return textStatement(declared, (text) => expression.test(text));
  }),
  regexPatternSetReferenceStatement: kind(RegexSet, (declared, scope) => {
    const Inputs = Type.Object({ regularExpressions: Type.Array(Type.Object({ regexString: Type.String() })) });
    const set = referred("aws:wafv2/regexPatternSet:RegexPatternSet", declared.arn, scope);
    const expressions = parseInputs(Inputs, set).regularExpressions.map(({ regexString }) => regex(regexString, scope));
    return textStatement(declared, (text) => expressions.some((expression) => expression.test(text)));
  }),
  sizeConstraintStatement: kind(SizeConstraint, (declared) => {
    const compare = comparisons[declared.comparisonOperator];
    return textStatement(declared, (text) => compare(text.length, declared.size));
  }),
  asnMatchStatement: notEvaluated("asnMatchStatement"),
  managedRuleGroupStatement: kind(Type.Object({ name: Type.String(), vendorName: Type.String() }), (declared) => {
    throw new NotEvaluatedError(`${declared.vendorName} ${declared.name}`);
  }),
  sqliMatchStatement: notEvaluated("sqliMatchStatement"),
  xssMatchStatement: notEvaluated("xssMatchStatement"),
};

/** Makes a statement of a recorded one; throws an Error that names the rule, or a NotEvaluatedError. */
export function compileStatement(declared: unknown, scope: Scope): Statement {
  const where = `web ACL rule ${scope.rule}: statement`;
  const kinds = Object.entries(parseAs(Type.Record(Type.String(), Type.Unknown()), declared, where));
  const [only] = kinds;
  if (only === undefined || kinds.length !== 1) throw new Error(`${where} must have exactly one kind`);
  const compile = compilers[only[0]];
  if (compile === undefined) throw new Error(`${where} ${only[0]} is not supported by the local firewall`);
  return compile(only[1], scope);
}

/** The resource that an ARN in a rule refers to. */
export function referred(type: string, arn: string, { recording, rule }: Scope) {
  const found = resourcesOf(recording, type).find(({ outputs }) => outputs.arn === arn);
  if (found === undefined) throw new Error(`web ACL rule ${rule}: the program declares no ${type} with the ARN ${arn}`);
  return found;
}

function kind<Schema extends TSchema>(schema: Schema, compile: (declared: Static<Schema>, scope: Scope) => Statement) {
  return (declared: unknown, scope: Scope) =>
    compile(parseAs(schema, declared, `web ACL rule ${scope.rule}: statement`), scope);
}

function junction(matches: (all: readonly Statement[], evaluation: Evaluation) => boolean): Compile {
  return kind(Several, ({ statements }, scope) => {
    const all = statements.map((statement) => compileStatement(statement, scope));
    return {
      needsBody: all.some(({ needsBody }) => needsBody),
      matches: (evaluation) => matches(all, evaluation),
    };
  });
}

function notEvaluated(name: string): Compile {
  return () => {
    throw new NotEvaluatedError(name);
  };
}

type TextMatch = Pick<Static<typeof ByteMatch>, "fieldToMatch" | "textTransformations">;

function textStatement(declared: TextMatch, test: (text: string) => boolean): Statement {
  const { needsBody, read } = field(declared.fieldToMatch);
  const transform = transformer(declared.textTransformations);
  return {
    needsBody,
    matches({ request }) {
      const texts = read(request);
      return typeof texts === "boolean" ? texts : texts.some((text) => test(transform(text)));
    },
  };
}

const positions = {
  EXACTLY: (text: string, sought: string) => text === sought,
  STARTS_WITH: (text: string, sought: string) => text.startsWith(sought),
  ENDS_WITH: (text: string, sought: string) => text.endsWith(sought),
  CONTAINS: (text: string, sought: string) => text.includes(sought),
  CONTAINS_WORD(text: string, sought: string) {
    for (let at = text.indexOf(sought); at !== -1; at = text.indexOf(sought, at + 1)) {
      const neighbours = [text[at - 1], text[at + sought.length]];
      if (neighbours.every((neighbour) => neighbour === undefined || !/\w/.test(neighbour))) return true;
    }
    return false;
  },
};

const comparisons = {
  EQ: (a: number, b: number) => a === b,
  NE: (a: number, b: number) => a !== b,
  LE: (a: number, b: number) => a <= b,
  LT: (a: number, b: number) => a < b,
  GE: (a: number, b: number) => a >= b,
  GT: (a: number, b: number) => a > b,
};

/** AWS WAF takes PCRE: a leading `(?i)` is its way to say what is a flag here. */
function regex(source: string, { rule }: Scope): RegExp {
  const [, insensitive, pattern = ""] = /^(\(\?i\))?([\s\S]*)$/.exec(source) ?? [];
  try {
    return new RegExp(pattern, insensitive ? "i" : "");
  } catch {
    throw new Error(`web ACL rule ${rule}: the local firewall cannot read the regular expression ${source}`);
  }
}

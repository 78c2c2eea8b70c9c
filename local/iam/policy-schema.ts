import { Type } from "typebox";
import { Value } from "typebox/value";

const closed = { additionalProperties: false };
const oneOrMore = { minItems: 1 };

const Texts = Type.Union([Type.String(), Type.Array(Type.String(), oneOrMore)]);
const Action = Type.String({ pattern: "^(\\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$" });
const Actions = Type.Union([Action, Type.Array(Action, oneOrMore)]);
const Scalar = Type.Union([Type.String(), Type.Boolean(), Type.Number()]);
const Scalars = Type.Union([Scalar, Type.Array(Scalar, oneOrMore)]);
const Principals = Type.Object(
  { AWS: Type.Optional(Texts), Service: Type.Optional(Texts), Federated: Type.Optional(Texts) },
  { ...closed, minProperties: 1 },
);

/**
 * One statement of a policy. NotPrincipal is left out: it reaches sessions in ways that few expect, and a Deny for `*`
 * with a condition on `aws:PrincipalArn` says the same.
 */
const Statement = Type.Object(
  {
    Sid: Type.Optional(Type.String()),
    Effect: Type.Union([Type.Literal("Allow"), Type.Literal("Deny")]),
    Principal: Type.Optional(Type.Union([Type.Literal("*"), Principals])),
    Action: Type.Optional(Actions),
    NotAction: Type.Optional(Actions),
    Resource: Type.Optional(Texts),
    NotResource: Type.Optional(Texts),
    Condition: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Scalars))),
  },
  closed,
);

/** What IAM's policy grammar allows, as far as the evaluator knows it. */
export const PolicySchema = Type.Object(
  {
    Version: Type.Literal("2012-10-17"),
    Id: Type.Optional(Type.String()),
    Statement: Type.Array(Statement, oneOrMore),
  },
  closed,
);

/** The most telling fault of a value that does not fit: `/Statement/0/Effect must be "Allow" or "Deny"`. */
export function policyFault(value: unknown): string {
  const errors = Value.Errors(PolicySchema, value);
  const path = errors.map(({ instancePath }) => instancePath).reduce((a, b) => (b.length > a.length ? b : a), "");
  const faults = errors.filter(({ instancePath }) => instancePath === path);
  if (faults.some(({ keyword }) => keyword === "boolean"))
    return `${path} is not an element that the local evaluator knows`;
  const literals = faults.flatMap((fault) =>
    fault.keyword === "const" ? [JSON.stringify(fault.params.allowedValue)] : [],
  );
  const rules = faults.filter(({ keyword }) => keyword !== "anyOf").map(({ message }) => message);
  return `${path || "It"} ${literals.length > 0 ? `must be ${literals.join(" or ")}` : rules.join(" or ")}`;
}

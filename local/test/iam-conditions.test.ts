import { expect } from "chai";
import { conditionLookup } from "../iam/condition-context.ts";
import { checkCondition, conditionsHold } from "../iam/conditions.ts";
import { PolicyError } from "../iam/policy-error.ts";
import type { ConditionContext, PolicyStatement } from "../iam/types.ts";

type Conditions = NonNullable<PolicyStatement["Condition"]>;
type Case = [condition: Conditions, context: ConditionContext, holds: boolean];

const none = {};
const name = (value: string | readonly string[]) => ({ "aws:username": value });
const age = (value: string) => ({ "s3:signatureAge": value });
const at = (value: string) => ({ "aws:CurrentTime": value });
const from = (value: string) => ({ "aws:SourceIp": value });
const source = (value: string) => ({ "aws:SourceArn": value });
const keys = (...values: string[]) => ({ "dynamodb:LeadingKeys": values });

/** A policy variable as a policy spells it. */
const v = (expression: string) => `\${${expression}}`;

const groups: Record<string, Case[]> = {
  strings: [
    [{ StringEquals: name("olga") }, name("olga"), true],
    [{ StringEquals: name("olga") }, name("Olga"), false],
    [{ StringEquals: name(["olga", "gus"]) }, name("gus"), true],
    [{ StringEquals: name("ol*") }, name("olga"), false],
    [{ StringEquals: name("olga") }, none, false],
    [{ StringEquals: { "AWS:UserName": "olga" } }, name("olga"), true],
    [{ StringNotEquals: name("olga") }, name("gus"), true],
    [{ StringNotEquals: name(["olga", "gus"]) }, name("gus"), false],
    [{ StringNotEquals: name("olga") }, none, true],
    [{ StringEqualsIgnoreCase: name("OLGA") }, name("olga"), true],
    [{ StringNotEqualsIgnoreCase: name("OLGA") }, name("olga"), false],
    [{ StringLike: name("o?g*") }, name("olga"), true],
    [{ StringLike: name("o?g") }, name("olga"), false],
    [{ StringNotLike: name("o*") }, name("olga"), false],
    [{ StringNotLike: name("o*") }, name("gus"), true],
  ],
  numbers: [
    [{ NumericEquals: age("10.0") }, age("10"), true],
    [{ NumericNotEquals: age("10") }, age("10"), false],
    [{ NumericNotEquals: age("10") }, none, true],
    [{ NumericLessThan: age("10") }, age("9"), true],
    [{ NumericLessThan: age("10") }, age("10"), false],
    [{ NumericLessThanEquals: age("10") }, age("10"), true],
    [{ NumericGreaterThan: age("10") }, age("9"), false],
    [{ NumericGreaterThan: age("9") }, age("10"), true],
    [{ NumericGreaterThanEquals: age("10") }, age("10"), true],
    [{ NumericGreaterThan: age("10") }, none, false],
    [{ NumericGreaterThan: age("10") }, age("many"), false],
    [{ NumericLessThan: age("10") }, age("many"), false],
    [{ NumericLessThan: { "s3:TlsVersion": 1.2 } }, { "s3:TlsVersion": "1.1" }, true],
  ],
  dates: [
    [{ DateLessThan: at("2026-01-01T00:00:00Z") }, at("2025-12-31T23:59:59Z"), true],
    [{ DateLessThanEquals: at("2026-01-01T00:00:00Z") }, at("2026-01-01T01:00:00+01:00"), true],
    [{ DateGreaterThan: at("2026-01-01") }, at("2026-01-01T00:00:01Z"), true],
    [{ DateGreaterThanEquals: at("2026-01-01") }, at("2025-01-01T00:00:00Z"), false],
    [{ DateEquals: { "aws:EpochTime": "1767225600" } }, { "aws:EpochTime": "1767225600" }, true],
    [{ DateEquals: at("1767225600") }, at("2026-01-01T00:00:00Z"), true],
    [{ DateNotEquals: at("2026-01-01") }, at("2026-01-01T00:00:00Z"), false],
  ],
  booleans: [
    [{ Bool: { "aws:SecureTransport": "false" } }, { "aws:SecureTransport": "false" }, true],
    [{ Bool: { "aws:SecureTransport": false } }, { "aws:SecureTransport": "false" }, true],
    [{ Bool: { "aws:SecureTransport": "false" } }, { "aws:SecureTransport": "true" }, false],
    [{ Bool: { "aws:SecureTransport": "false" } }, none, false],
    [{ BoolIfExists: { "aws:SecureTransport": "false" } }, none, true],
  ],
  ARNs: [
    [{ ArnEquals: source("arn:aws:s3:::photos") }, source("arn:aws:s3:::photos"), true],
    [{ ArnEquals: source("arn:aws:s3:::ph*") }, source("arn:aws:s3:::photos"), true],
    [{ ArnLike: source("arn:aws:*:::photos") }, source("arn:aws:s3:::photos"), true],
    [{ ArnLike: source("arn:*") }, source("arn:aws:s3:::photos"), false],
    [{ ArnNotEquals: source("arn:aws:s3:::photos") }, source("arn:aws:s3:::photos"), false],
    [{ ArnNotLike: source("arn:aws:s3:::*") }, source("arn:aws:sqs:eu-central-1:0:q"), true],
    [{ ArnNotLike: source("arn:aws:s3:::*") }, none, true],
  ],
  addresses: [
    [{ IpAddress: from("203.0.113.0/24") }, from("203.0.113.9"), true],
    [{ IpAddress: from("203.0.113.0/24") }, from("203.0.114.9"), false],
    [{ IpAddress: from("203.0.113.9") }, from("203.0.113.9"), true],
    [{ IpAddress: from("2001:db8::/32") }, from("2001:db8::1"), true],
    [{ IpAddress: from("2001:db8::/32") }, from("203.0.113.9"), false],
    [{ IpAddress: from("0.0.0.0/0") }, from("not an address"), false],
    [{ NotIpAddress: from("203.0.113.0/24") }, from("203.0.113.9"), false],
    [{ NotIpAddress: from("203.0.113.0/24") }, from("198.51.100.1"), true],
  ],
  absence: [
    [{ Null: { "s3:if-none-match": "true" } }, none, true],
    [{ Null: { "s3:if-none-match": "true" } }, { "s3:if-none-match": "*" }, false],
    [{ Null: { "s3:if-none-match": "false" } }, { "s3:if-none-match": "*" }, true],
    [{ Null: { "s3:if-none-match": false } }, none, false],
    [{ StringEqualsIfExists: name("olga") }, none, true],
    [{ StringEqualsIfExists: name("olga") }, name("gus"), false],
    [{ StringNotEqualsIfExists: name("olga") }, none, true],
    [{ StringEquals: name("olga") }, { "aws:username": undefined }, false],
    [{ StringEquals: name("olga") }, { "aws:username": [] }, false],
  ],
  "several values": [
    [{ "ForAnyValue:StringEquals": keys("a", "b") }, keys("b", "c"), true],
    [{ "ForAnyValue:StringEquals": keys("a") }, keys("b", "c"), false],
    [{ "ForAnyValue:StringEquals": keys("a") }, none, false],
    [{ "ForAnyValue:StringNotEquals": keys("a") }, keys("a", "b"), true],
    [{ "ForAnyValue:StringNotEquals": keys("a") }, none, false],
    [{ "ForAllValues:StringLike": keys("OWNER#1*") }, keys("OWNER#1", "OWNER#12"), true],
    [{ "ForAllValues:StringLike": keys("OWNER#1*") }, keys("OWNER#1", "OWNER#2"), false],
    [{ "ForAllValues:StringEquals": keys("a") }, none, true],
    [{ "ForAllValues:StringNotEquals": keys("a") }, keys("b", "a"), false],
    [{ "ForAnyValue:StringEqualsIfExists": keys("a") }, none, true],
    [{ StringEquals: keys("a") }, keys("a"), true],
  ],
  "policy variables": [
    [
      { StringEquals: { "s3:prefix": `home/${v("aws:username")}` } },
      { ...name("olga"), "s3:prefix": "home/olga" },
      true,
    ],
    [{ StringLike: { "s3:prefix": `${v("aws:username")}/*` } }, { ...name("olga"), "s3:prefix": "olga/2026" }, true],
    [{ StringLike: { "s3:prefix": `${v("aws:username")}/*` } }, { ...name("*"), "s3:prefix": "olga/2026" }, false],
    [{ StringLike: { "s3:prefix": `a${v("*")}` } }, { "s3:prefix": "ab" }, false],
    [{ StringLike: { "s3:prefix": `a${v("*")}` } }, { "s3:prefix": "a*" }, true],
    [{ StringEquals: { "s3:prefix": `${v("$")}{x}` } }, { "s3:prefix": v("x") }, true],
    [{ StringEquals: { "s3:prefix": v("aws:username") } }, { "s3:prefix": "" }, false],
    [{ StringNotEquals: { "s3:prefix": v("aws:username") } }, { "s3:prefix": "olga" }, false],
    [{ StringEquals: { "s3:prefix": v("aws:username, 'guest'") } }, { "s3:prefix": "guest" }, true],
    [{ StringEquals: { "s3:prefix": v("aws:username, 'guest'") } }, { ...name("olga"), "s3:prefix": "olga" }, true],
  ],
  "several conditions": [
    [{ StringEquals: { ...name("olga"), "s3:prefix": "a" } }, { ...name("olga"), "s3:prefix": "a" }, true],
    [{ StringEquals: { ...name("olga"), "s3:prefix": "a" } }, { ...name("olga"), "s3:prefix": "b" }, false],
    [{ StringEquals: name("olga"), Null: { "s3:prefix": "true" } }, name("olga"), true],
    [{ StringEquals: name("olga"), Null: { "s3:prefix": "false" } }, name("olga"), false],
    [{}, none, true],
  ],
};

describe("conditions", () => {
  for (const [group, cases] of Object.entries(groups)) {
    describe(`on ${group}`, () => {
      for (const [condition, context, holds] of cases) {
        it(`${JSON.stringify(condition)} ${holds ? "holds for" : "fails for"} ${JSON.stringify(context)}`, () => {
          expect(conditionsHold(condition, conditionLookup(context))).to.equal(holds);
        });
      }
    });
  }

  it("refuse to judge several values without a quantifier", () => {
    const lookup = conditionLookup(keys("a", "b"));
    expect(() => conditionsHold({ StringEquals: keys("a") }, lookup)).to.throw(
      PolicyError,
      /ForAnyValue or ForAllValues/,
    );
  });

  const unreadable: [operator: string, value: string | boolean | number][] = [
    ["NumericGreaterThan", "soon"],
    ["DateLessThan", "soon"],
    ["Bool", "yes"],
    ["Null", "yes"],
    ["IpAddress", "203.0.113.0/33"],
    ["IpAddress", "2001:db8::/129"],
    ["NotIpAddress", "localhost"],
  ];
  for (const [operator, value] of unreadable) {
    it(`refuse ${JSON.stringify(value)} as what ${operator} compares with`, () => {
      expect(() => checkCondition(operator, "aws:some", value)).to.throw(
        PolicyError,
        `${operator} can't compare aws:some`,
      );
    });
  }

  for (const operator of ["BinaryEquals", "stringequals", "ForEachValue:StringEquals", "NullIfExists", "constructor"]) {
    it(`refuse the operator ${operator}, and name those that are known`, () => {
      expect(() => checkCondition(operator, "aws:some", "a")).to.throw(PolicyError, /not known.*StringEquals/);
    });
  }
});

describe("the context of a request", () => {
  it("lets a later part win, also where it says that a key is absent", () => {
    const lookup = conditionLookup(
      { "aws:PrincipalArn": "claimed", "s3:prefix": "a" },
      { "AWS:principalarn": undefined },
    );
    expect(lookup("aws:PrincipalArn")).to.equal(undefined);
    expect(lookup("S3:Prefix")).to.deep.equal(["a"]);
  });
});

import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

type Rule = aws.types.input.wafv2.WebAclRule;
type Statement = aws.types.input.wafv2.WebAclRuleStatement;

export interface EdgeRulesArgs {
  /** `count` lets everything through that `block` would refuse, and counts it. */
  mode: "block" | "count";
  /** Requests of one IP address in five minutes; WAF takes 10 to 2,000,000,000. */
  rateLimit: number;
  deniedCountries: readonly string[];
  allowedSets: readonly pulumi.Input<string>[];
  deniedSets: readonly pulumi.Input<string>[];
}

/** A URL with a custom policy and an RSA signature has about 900 bytes of query, and its path about 60. */
const longestQueryBytes = 2048;
const longestPathBytes = 512;

/**
 * AWS's own rule groups, with the rules of theirs that would refuse what the platform itself hands out, or is sent. Bodies
 * are the API's alone, which holds them to schemas: lists of ids are longer than 8 KB, and a title is what people write.
 */
const managedGroups: readonly { name: string; metric: string; onlyCount: readonly string[] }[] = [
  { name: "AWSManagedRulesAmazonIpReputationList", metric: "ip-reputation", onlyCount: [] },
  {
    name: "AWSManagedRulesCommonRuleSet",
    metric: "common",
    onlyCount: ["SizeRestrictions_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "CrossSiteScripting_BODY"],
  },
  { name: "AWSManagedRulesKnownBadInputsRuleSet", metric: "known-bad-inputs", onlyCount: [] },
  // A signature is random text, and now and then reads as SQL: that must not break somebody's picture.
  {
    name: "AWSManagedRulesSQLiRuleSet",
    metric: "sql-injection",
    onlyCount: ["SQLi_QUERYARGUMENTS", "SQLiExtendedPatterns_QUERYARGUMENTS", "SQLi_BODY", "SQLiExtendedPatterns_BODY"],
  },
];

/** The web ACL's rules in order of priority: who is let in or kept out, then what is too much, then what looks bad. */
export function edgeRules(args: EdgeRulesArgs): Rule[] {
  const refuse = args.mode === "block" ? { block: {} } : { count: {} };
  const rules: Omit<Rule, "priority">[] = [
    rule("denied-addresses", { action: refuse }, inSets(args.deniedSets)),
    rule("allowed-addresses", { action: { allow: {} } }, inSets(args.allowedSets)),
    ...(args.deniedCountries.length > 0
      ? [
          rule(
            "denied-countries",
            { action: refuse },
            { geoMatchStatement: { countryCodes: [...args.deniedCountries] } },
          ),
        ]
      : []),
    rule("long-query", { action: refuse }, longerThan(longestQueryBytes, { queryString: {} })),
    rule("long-path", { action: refuse }, longerThan(longestPathBytes, { uriPath: {} })),
    rule(
      "rate-per-address",
      { action: refuse },
      { rateBasedStatement: { limit: args.rateLimit, evaluationWindowSec: 300, aggregateKeyType: "IP" } },
    ),
    ...managedGroups.map(({ name, metric, onlyCount }) =>
      rule(
        metric,
        { overrideAction: args.mode === "block" ? { none: {} } : { count: {} } },
        {
          managedRuleGroupStatement: {
            vendorName: "AWS",
            name,
            ruleActionOverrides: onlyCount.map((ruleName) => ({ name: ruleName, actionToUse: { count: {} } })),
          },
        },
      ),
    ),
  ];
  return rules.map((each, priority) => ({ ...each, priority }));
}

function rule(
  name: string,
  action: Pick<Rule, "action"> | Pick<Rule, "overrideAction">,
  statement: Statement,
): Omit<Rule, "priority"> {
  return {
    name,
    ...action,
    statement,
    visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: false },
  };
}

function inSets(arns: readonly pulumi.Input<string>[]): Statement {
  return { orStatement: { statements: arns.map((arn) => ({ ipSetReferenceStatement: { arn } })) } };
}

function longerThan(
  size: number,
  fieldToMatch: aws.types.input.wafv2.WebAclRuleStatementSizeConstraintStatementFieldToMatch,
): Statement {
  return {
    sizeConstraintStatement: {
      comparisonOperator: "GT",
      size,
      fieldToMatch,
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  };
}

import { type Static, Type } from "typebox";
import { parseInputs, parseOutputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import type { InspectedRequest } from "./request.ts";
import { Block, type CustomResponse, compileRules, VisibilityConfig } from "./rules.ts";

const closed = { additionalProperties: false };

/** AWS WAF's default for CloudFront is 16 KB. */
const sizeLimits = { KB_16: 16, KB_32: 32, KB_48: 48, KB_64: 64 } as const;
const SizeLimit = Type.Enum(["KB_16", "KB_32", "KB_48", "KB_64"]);

const contentTypes = {
  APPLICATION_JSON: "application/json",
  TEXT_HTML: "text/html",
  TEXT_PLAIN: "text/plain",
} as const;
const ContentType = Type.Enum(["APPLICATION_JSON", "TEXT_HTML", "TEXT_PLAIN"]);

const WebAcl = Type.Object({
  associationConfig: Type.Optional(
    Type.Object({
      requestBodies: Type.Optional(
        Type.Array(Type.Object({ cloudfront: Type.Optional(Type.Object({ defaultSizeInspectionLimit: SizeLimit })) })),
      ),
    }),
  ),
  customResponseBodies: Type.Optional(
    Type.Array(Type.Object({ content: Type.String(), contentType: ContentType, key: Type.String() })),
  ),
  defaultAction: Type.Union([
    Type.Object({ allow: Type.Object({}, closed) }, closed),
    Type.Object({ block: Block }, closed),
  ]),
  ruleJson: Type.Optional(Type.Never()),
  rules: Type.Optional(Type.Array(Type.Unknown())),
  visibilityConfig: VisibilityConfig,
});

const Named = Type.Object({ name: Type.String() });

export type Verdict =
  | { readonly action: "allow" }
  /** Without `response`, CloudFront answers with its own 403 page. */
  | { readonly action: "block"; readonly response: BlockResponse | undefined };

export interface BlockResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What CloudWatch would count under one metric name. */
export interface RuleCounters {
  readonly allowed: number;
  readonly blocked: number;
  readonly counted: number;
}

export interface Firewall {
  evaluate(request: InspectedRequest, now: Date): Verdict;
  /** How many bytes of a body the rules look at: 0 when none does. */
  readonly bodyBytes: number;
  /** By metric name; a metric appears with its first request. */
  readonly counters: ReadonlyMap<string, RuleCounters>;
  /** Declared, but only AWS can judge it: such a rule never matches here. */
  readonly notEvaluated: readonly string[];
}

/** The firewall of a recorded web ACL; throws an Error that names the rule which it cannot honour. */
export function compileWebAcl(recording: Recording, arn: string): Firewall {
  const resource = resourcesOf(recording, "aws:wafv2/webAcl:WebAcl").find(({ outputs }) => outputs.arn === arn);
  if (resource === undefined) throw new Error(`the program declares no web ACL with the ARN ${arn}`);
  refuseRulesApart(recording, arn);
  const acl = parseInputs(WebAcl, resource);
  const { name } = parseOutputs(Named, resource);
  const labelPrefix = `awswaf:${recording.accountId}:webacl:${name}`;
  const { rules, notEvaluated } = compileRules(acl.rules ?? [], { recording, labelPrefix, countOnly: false });
  const counters = new Map<string, RuleCounters>();
  const count = (metricName: string, outcome: keyof RuleCounters) => {
    const known = counters.get(metricName) ?? { allowed: 0, blocked: 0, counted: 0 };
    counters.set(metricName, { ...known, [outcome]: known[outcome] + 1 });
  };
  const block = (rule: string, { customResponse }: Static<typeof Block>): Verdict => {
    return { action: "block", response: customResponse && blockResponse(acl, customResponse, rule) };
  };
  // A custom response that refers to no body must fail now, not at the first attack.
  for (const rule of rules) if ("block" in rule.action) block(rule.name, rule.action.block);

  return {
    bodyBytes: rules.some(({ statement }) => statement.needsBody) ? inspectionLimit(acl) : 0,
    counters,
    notEvaluated,
    evaluate(request, now) {
      const labels = new Set<string>();
      for (const { action, labels: added, metricName, name: rule, statement } of rules) {
        if (!statement.matches({ request, labels, now })) continue;
        for (const label of added) labels.add(label);
        if ("count" in action) {
          count(metricName, "counted");
        } else if ("block" in action) {
          count(metricName, "blocked");
          return block(rule, action.block);
        } else {
          count(metricName, "allowed");
          return { action: "allow" };
        }
      }
      const fallback = acl.defaultAction;
      count(acl.visibilityConfig.metricName, "block" in fallback ? "blocked" : "allowed");
      return "block" in fallback ? block("default action", fallback.block) : { action: "allow" };
    },
  };
}

function inspectionLimit(acl: Static<typeof WebAcl>): number {
  const declared = acl.associationConfig?.requestBodies?.find(({ cloudfront }) => cloudfront)?.cloudfront;
  return sizeLimits[declared?.defaultSizeInspectionLimit ?? "KB_16"] * 1024;
}

function blockResponse(
  acl: Static<typeof WebAcl>,
  { customResponseBodyKey, responseCode, responseHeaders = [] }: Static<typeof CustomResponse>,
  rule: string,
): BlockResponse {
  const headers = Object.fromEntries(responseHeaders.map(({ name, value }) => [name.toLowerCase(), value]));
  if (customResponseBodyKey === undefined) return { status: responseCode, headers, body: "" };
  const body = acl.customResponseBodies?.find(({ key }) => key === customResponseBodyKey);
  if (body === undefined) {
    throw new Error(`web ACL rule ${rule}: there is no custom response body ${customResponseBodyKey}`);
  }
  return {
    status: responseCode,
    headers: { "content-type": contentTypes[body.contentType], ...headers },
    body: body.content,
  };
}

function refuseRulesApart(recording: Recording, arn: string): void {
  const apart = ["aws:wafv2/webAclRule:WebAclRule", "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"]
    .flatMap((type) => resourcesOf(recording, type))
    .find(({ inputs }) => inputs.webAclArn === arn);
  if (apart === undefined) return;
  throw new Error(`${apart.type} ${apart.name}: the local firewall takes only rules that stand in the web ACL itself`);
}

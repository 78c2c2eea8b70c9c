import { expect } from "chai";
import { type InspectedRequest, noBody } from "../firewall/request.ts";
import { compileWebAcl, type Firewall } from "../firewall/web-acl.ts";
import { recorded, recordingOf } from "./support/recorded.ts";

const arn = "arn:aws:wafv2:us-east-1:000000000000:global/webacl/media/1";
const noon = new Date("2026-01-01T12:00:00Z");
const none = [{ priority: 0, type: "NONE" }];

const ipSet = recorded(
  "aws:wafv2/ipSet:IpSet",
  "offices",
  { addresses: ["127.0.0.8/29", "2001:db8::/32"], ipAddressVersion: "IPV4", scope: "CLOUDFRONT" },
  { arn: "arn:ipset" },
);
const patterns = recorded(
  "aws:wafv2/regexPatternSet:RegexPatternSet",
  "probes",
  { regularExpressions: [{ regexString: "\\.php$" }, { regexString: "(?i)^/WP-" }], scope: "CLOUDFRONT" },
  { arn: "arn:patterns" },
);
const group = recorded(
  "aws:wafv2/ruleGroup:RuleGroup",
  "shared",
  { name: "shared", capacity: 1, rules: [aRule("in-group", pathStarts("/admin"), { block: {} }, 0)] },
  { arn: "arn:group" },
);

function aRule(name: string, statement: unknown, action: object = { block: {} }, priority = 0) {
  return { name, priority, statement, action, visibilityConfig: visibility(name) };
}

function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}

function pathStarts(searchString: string) {
  return bytes({ uriPath: {} }, "STARTS_WITH", searchString);
}

function bytes(fieldToMatch: object, positionalConstraint: string, searchString: string, ...types: string[]) {
  const textTransformations = types.map((type, priority) => ({ type, priority }));
  return { byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations } };
}

function size(fieldToMatch: object, comparisonOperator: string, bytesLong: number) {
  return { sizeConstraintStatement: { fieldToMatch, comparisonOperator, size: bytesLong, textTransformations: none } };
}

function aFirewall(rules: readonly object[], inputs: object = {}): Firewall {
  const acl = recorded(
    "aws:wafv2/webAcl:WebAcl",
    "media",
    {
      defaultAction: { allow: {} },
      name: "media",
      rules,
      scope: "CLOUDFRONT",
      visibilityConfig: visibility("all"),
      ...inputs,
    },
    { arn },
  );
  return compileWebAcl(recordingOf(acl, ipSet, patterns, group), arn);
}

function aRequest(overrides: Partial<InspectedRequest> = {}): InspectedRequest {
  return {
    clientIp: "127.0.0.1",
    country: undefined,
    method: "GET",
    path: "/media/1/640.webp",
    query: "",
    headers: { host: "media.example" },
    body: noBody,
    ...overrides,
  };
}

const everyHeader = { matchPattern: { all: {} }, matchScope: "ALL", oversizeHandling: "MATCH" };
const cookies = {
  matchPatterns: [{ includedCookies: ["session"] }],
  matchScope: "VALUE",
  oversizeHandling: "NO_MATCH",
};

const matches: [title: string, statement: object, request: Partial<InspectedRequest>, matched: boolean][] = [
  ["an address in an IP set", { ipSetReferenceStatement: { arn: "arn:ipset" } }, { clientIp: "127.0.0.9" }, true],
  [
    "an address outside an IP set",
    { ipSetReferenceStatement: { arn: "arn:ipset" } },
    { clientIp: "127.0.0.16" },
    false,
  ],
  [
    "an IPv6 address in an IP set",
    { ipSetReferenceStatement: { arn: "arn:ipset" } },
    { clientIp: "2001:db8::7" },
    true,
  ],
  ["a listed country", { geoMatchStatement: { countryCodes: ["KP"] } }, { country: "KP" }, true],
  ["no country where none is known", { geoMatchStatement: { countryCodes: ["KP"] } }, {}, false],
  ["a path by its start", pathStarts("/media"), {}, true],
  ["bytes exactly", bytes({ method: {} }, "EXACTLY", "GET"), { method: "GETS" }, false],
  ["bytes at the end", bytes({ uriPath: {} }, "ENDS_WITH", ".webp"), {}, true],
  ["bytes anywhere", bytes({ queryString: {} }, "CONTAINS", "union"), { query: "a=union" }, true],
  ["a whole word", bytes({ queryString: {} }, "CONTAINS_WORD", "or"), { query: "for or" }, true],
  ["no part of a word", bytes({ queryString: {} }, "CONTAINS_WORD", "or"), { query: "for=order" }, false],
  [
    "one header",
    bytes({ singleHeader: { name: "User-Agent" } }, "CONTAINS", "bot"),
    { headers: { "user-agent": "a bot" } },
    true,
  ],
  ["no absent header", bytes({ singleHeader: { name: "user-agent" } }, "STARTS_WITH", ""), { headers: {} }, false],
  ["one query argument", bytes({ singleQueryArgument: { name: "q" } }, "EXACTLY", "x"), { query: "a=1&Q=x" }, true],
  ["any query argument", bytes({ allQueryArguments: {} }, "EXACTLY", "evil"), { query: "a=1&b=evil" }, true],
  ["some cookies only", bytes({ cookies }, "EXACTLY", "x"), { headers: { cookie: "other=x; session=y" } }, false],
  ["a chosen cookie's value", bytes({ cookies }, "EXACTLY", "y"), { headers: { cookie: "other=x; session=y" } }, true],
  [
    "headers that are too large",
    bytes({ headers: [everyHeader] }, "EXACTLY", "-"),
    { headers: { big: "x".repeat(9000) } },
    true,
  ],
  ["upper case, lowered", bytes({ uriPath: {} }, "EXACTLY", "/admin", "LOWERCASE"), { path: "/ADMIN" }, true],
  [
    "a percent-encoded path, decoded",
    bytes({ uriPath: {} }, "EXACTLY", "/admin", "URL_DECODE"),
    { path: "/%61dmin" },
    true,
  ],
  [
    "a path with dots, after decoding it",
    bytes({ uriPath: {} }, "EXACTLY", "/etc", "URL_DECODE", "NORMALIZE_PATH"),
    { path: "/a/%2e%2e//./etc" },
    true,
  ],
  [
    "entities, decoded once",
    bytes({ queryString: {} }, "EXACTLY", "&lt;", "HTML_ENTITY_DECODE"),
    { query: "&#38;lt;" },
    true,
  ],
  [
    "a regular expression",
    { regexMatchStatement: { fieldToMatch: { uriPath: {} }, regexString: "^/media/\\d+/", textTransformations: none } },
    {},
    true,
  ],
  [
    "a pattern of a set",
    {
      regexPatternSetReferenceStatement: {
        arn: "arn:patterns",
        fieldToMatch: { uriPath: {} },
        textTransformations: none,
      },
    },
    { path: "/wp-login" },
    true,
  ],
  ["a long query", size({ queryString: {} }, "GT", 4), { query: "12345" }, true],
  ["no query of the size itself", size({ queryString: {} }, "GT", 5), { query: "12345" }, false],
  [
    "a body longer than what is inspected",
    size({ body: { oversizeHandling: "MATCH" } }, "GT", 99999),
    { body: { text: "x", truncated: true } },
    true,
  ],
  ["both of two", { andStatement: { statements: [pathStarts("/media"), pathStarts("/other")] } }, {}, false],
  ["one of two", { orStatement: { statements: [pathStarts("/media"), pathStarts("/other")] } }, {}, true],
  ["what another does not", { notStatement: { statement: pathStarts("/other") } }, {}, true],
];

const refused: [title: string, rules: object[], inputs: object, message: string][] = [
  [
    "a statement that it does not know",
    [aRule("odd", { oddStatement: {} })],
    {},
    "web ACL rule odd: statement oddStatement is not supported",
  ],
  [
    "a field that it does not know",
    [aRule("ja3", bytes({ ja3Fingerprint: {} }, "EXACTLY", "x"))],
    {},
    "web ACL rule ja3",
  ],
  [
    "a transformation that it does not know",
    [aRule("css", bytes({ method: {} }, "EXACTLY", "x", "CSS_DECODE"))],
    {},
    "web ACL rule css",
  ],
  [
    "a rate by a header that the viewer writes",
    [aRule("rate", { rateBasedStatement: { aggregateKeyType: "FORWARDED_IP", limit: 10 } })],
    {},
    "web ACL rule rate",
  ],
  ["a CAPTCHA", [aRule("captcha", pathStarts("/"), { captcha: {} })], {}, "web ACL rule captcha: action"],
  [
    "a block with a response body that is not there",
    [aRule("b", pathStarts("/"), { block: { customResponse: { responseCode: 429, customResponseBodyKey: "slow" } } })],
    {},
    "web ACL rule b: there is no custom response body slow",
  ],
  ["an IP set that is not there", [aRule("ip", { ipSetReferenceStatement: { arn: "arn:gone" } })], {}, "arn:gone"],
  ["rules as raw JSON", [], { ruleJson: "[]" }, "ruleJson"],
];

describe("the firewall", () => {
  for (const [title, statement, overrides, matched] of matches) {
    it(`${matched ? "matches" : "does not take for a match"}: ${title}`, () => {
      const verdict = aFirewall([aRule("rule", statement)]).evaluate(aRequest(overrides), noon);
      expect(verdict.action).to.equal(matched ? "block" : "allow");
    });
  }

  for (const [title, rules, inputs, message] of refused) {
    it(`refuses to start with ${title}`, () => expect(() => aFirewall(rules, inputs)).to.throw(message));
  }

  it("tries rules by priority, and the first that blocks or allows decides", () => {
    const firewall = aFirewall([
      aRule("block-media", pathStarts("/media"), { block: {} }, 2),
      aRule("allow-office", { ipSetReferenceStatement: { arn: "arn:ipset" } }, { allow: {} }, 1),
    ]);
    expect(firewall.evaluate(aRequest({ clientIp: "127.0.0.10" }), noon).action).to.equal("allow");
    expect(firewall.evaluate(aRequest(), noon).action).to.equal("block");
  });

  it("counts without an end to the evaluation, by metric", () => {
    const firewall = aFirewall([
      aRule("watch", pathStarts("/media"), { count: {} }, 0),
      aRule("stop", pathStarts("/media/2"), { block: {} }, 1),
    ]);
    firewall.evaluate(aRequest(), noon);
    firewall.evaluate(aRequest({ path: "/media/2/640.webp" }), noon);
    expect(Object.fromEntries(firewall.counters)).to.deep.equal({
      watch: { allowed: 0, blocked: 0, counted: 2 },
      stop: { allowed: 0, blocked: 1, counted: 0 },
      all: { allowed: 1, blocked: 0, counted: 0 },
    });
  });

  it("blocks by default where the web ACL says so", () => {
    const firewall = aFirewall([], { defaultAction: { block: {} } });
    expect(firewall.evaluate(aRequest(), noon)).to.deep.equal({
      action: "block",
      response: undefined,
    });
  });

  it("lets a rule see the labels of those before it", () => {
    const labelled = { ...aRule("mark", pathStarts("/media"), { count: {} }, 0), ruleLabels: [{ name: "team:odd" }] };
    for (const [key, scope] of [
      ["team:odd", "LABEL"],
      ["odd", "LABEL"],
      ["team:", "NAMESPACE"],
      ["awswaf:000000000000:webacl:media:team:odd", "LABEL"],
    ]) {
      const byLabel = aRule("stop", { labelMatchStatement: { key, scope } }, { block: {} }, 1);
      const firewall = aFirewall([labelled, byLabel]);
      expect(firewall.evaluate(aRequest(), noon).action, key).to.equal("block");
      expect(firewall.evaluate(aRequest({ path: "/" }), noon).action, key).to.equal("allow");
    }
  });

  it("holds back one address over its rate, and lets it in again when the window has passed", () => {
    const rate = { rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: 60, limit: 10 } };
    const firewall = aFirewall([aRule("rate", rate)]);
    const ask = (clientIp: string, now: Date) => firewall.evaluate(aRequest({ clientIp }), now).action;
    const first = Array.from({ length: 12 }, () => ask("127.0.0.2", noon));
    expect(first).to.deep.equal([...Array(10).fill("allow"), "block", "block"]);
    expect(ask("127.0.0.3", noon)).to.equal("allow");
    expect(ask("127.0.0.2", new Date(noon.getTime() + 70_000))).to.equal("allow");
  });

  it("counts towards a rate only what its scope-down statement matches", () => {
    const scopeDownStatement = pathStarts("/originals");
    const rate = { rateBasedStatement: { aggregateKeyType: "CONSTANT", limit: 10, scopeDownStatement } };
    const firewall = aFirewall([aRule("rate", rate)]);
    for (let i = 0; i < 20; i += 1) expect(firewall.evaluate(aRequest(), noon).action).to.equal("allow");
  });

  it("tries the rules of a rule group in its place, and only counts with them when told so", () => {
    const reference = (overrideAction: object) => ({
      name: "shared",
      priority: 0,
      overrideAction,
      statement: { ruleGroupReferenceStatement: { arn: "arn:group" } },
      visibilityConfig: visibility("shared"),
    });
    const request = aRequest({ path: "/admin" });
    expect(aFirewall([reference({ none: {} })]).evaluate(request, noon).action).to.equal("block");
    const counting = aFirewall([reference({ count: {} })]);
    expect(counting.evaluate(request, noon).action).to.equal("allow");
    expect(counting.counters.get("in-group")?.counted).to.equal(1);
  });

  it("names what only AWS can judge, and never matches it", () => {
    const managed = {
      name: "common",
      priority: 0,
      overrideAction: { none: {} },
      statement: { managedRuleGroupStatement: { name: "AWSManagedRulesCommonRuleSet", vendorName: "AWS" } },
      visibilityConfig: visibility("common"),
    };
    const sqli = { sqliMatchStatement: { fieldToMatch: { queryString: {} }, textTransformations: none } };
    const firewall = aFirewall([managed, aRule("no-sql", { notStatement: { statement: sqli } }, { block: {} }, 1)]);
    expect(firewall.notEvaluated).to.deep.equal([
      "common (AWS AWSManagedRulesCommonRuleSet)",
      "no-sql (sqliMatchStatement)",
    ]);
    expect(firewall.evaluate(aRequest({ query: "' or 1=1" }), noon).action).to.equal("allow");
  });

  it("answers a block as the rule says", () => {
    const customResponse = {
      responseCode: 429,
      customResponseBodyKey: "slow",
      responseHeaders: [{ name: "Retry-After", value: "60" }],
    };
    const firewall = aFirewall([aRule("slow", pathStarts("/"), { block: { customResponse } })], {
      customResponseBodies: [{ key: "slow", content: '{"slow":true}', contentType: "APPLICATION_JSON" }],
    });
    expect(firewall.evaluate(aRequest(), noon)).to.deep.include({
      response: {
        status: 429,
        headers: { "content-type": "application/json", "retry-after": "60" },
        body: '{"slow":true}',
      },
    });
  });

  it("asks for a body only where a rule looks at one", () => {
    expect(aFirewall([aRule("path", pathStarts("/"))]).bodyBytes).to.equal(0);
    expect(aFirewall([aRule("body", size({ body: {} }, "GT", 1))]).bodyBytes).to.equal(16384);
  });
});

import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { expect } from "chai";
import { errorCode, keys, startTestEdge, type TestEdge, type TestEdgeOptions } from "./support/edge.ts";
import { recorded } from "./support/recorded.ts";

const aclArn = "arn:aws:wafv2:us-east-1:000000000000:global/webacl/media/1";
const metric = (metricName: string) => ({
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false },
});
const textTransformations = [{ priority: 0, type: "NONE" }];
const longQuery = {
  sizeConstraintStatement: {
    comparisonOperator: "GT",
    fieldToMatch: { queryString: {} },
    size: 2048,
    textTransformations,
  },
};
const perAddress = { rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: 60, limit: 10 } };
const bigBody = {
  sizeConstraintStatement: {
    comparisonOperator: "GT",
    fieldToMatch: { body: { oversizeHandling: "MATCH" } },
    size: 100,
    textTransformations,
  },
};

function withRules(rules: readonly object[], options: TestEdgeOptions = {}): TestEdgeOptions {
  const acl = recorded(
    "aws:wafv2/webAcl:WebAcl",
    "acl",
    {
      name: "media",
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      rules: rules.map((rule, priority) => ({ priority, ...rule })),
      ...metric("all"),
    },
    { arn: aclArn },
  );
  return { ...options, resources: [acl], distribution: { ...options.distribution, webAclId: aclArn } };
}

describe("the web ACL at the edge", () => {
  let test: TestEdge;
  afterEach(() => test.close());

  it("blocks what the program says, with CloudFront's page, before cache and origin", async () => {
    test = await startTestEdge(
      withRules([{ name: "long", action: { block: {} }, statement: longQuery, ...metric("long") }]),
    );
    await test.ask("/object");
    const answer = await test.ask(`/object?${"x".repeat(2049)}`);
    expect([answer.status, answer.headers["x-cache"]]).to.deep.equal([403, "Error from cloudfront"]);
    expect(answer.headers["content-type"]).to.equal("text/html");
    expect(answer.body.toString()).to.contain("Request blocked");
    expect(test.asked).to.have.length(1);
    expect(Object.fromEntries(test.edge.firewall?.counters ?? [])).to.deep.equal({
      all: { allowed: 1, blocked: 0, counted: 0 },
      long: { allowed: 0, blocked: 1, counted: 0 },
    });
  });

  it("only counts in count mode", async () => {
    test = await startTestEdge(
      withRules([{ name: "long", action: { count: {} }, statement: longQuery, ...metric("long") }]),
    );
    expect((await test.ask(`/object?${"x".repeat(2049)}`)).status).to.equal(200);
    expect(test.edge.firewall?.counters.get("long")).to.deep.equal({ allowed: 0, blocked: 0, counted: 1 });
  });

  it("holds back one address over its rate and no other, whatever address it claims", async () => {
    test = await startTestEdge(
      withRules([{ name: "rate", action: { block: {} }, statement: perAddress, ...metric("rate") }]),
    );
    const statuses = [];
    for (let i = 0; i < 12; i += 1) {
      const headers = { "x-forwarded-for": `203.0.113.${i}`, "x-real-ip": `203.0.113.${i}` };
      statuses.push((await test.ask("/object", { from: "127.0.0.2", headers })).status);
    }
    expect(statuses).to.deep.equal([...Array(10).fill(200), 403, 403]);
    expect((await test.ask("/object", { from: "127.0.0.3" })).status).to.equal(200);
    test.now = new Date(test.now.getTime() + 70_000);
    expect((await test.ask("/object", { from: "127.0.0.2" })).status).to.equal(200);
  });

  it("answers a block in the rule's own words", async () => {
    const block = { customResponse: { responseCode: 429, responseHeaders: [{ name: "Retry-After", value: "60" }] } };
    test = await startTestEdge(
      withRules([{ name: "long", action: { block }, statement: longQuery, ...metric("long") }]),
    );
    const answer = await test.ask(`/object?${"x".repeat(2049)}`);
    expect([answer.status, answer.headers["retry-after"]]).to.deep.equal([429, "60"]);
  });

  it("hears of a request only after its signature", async () => {
    test = await startTestEdge(
      withRules([{ name: "long", action: { block: {} }, statement: longQuery, ...metric("long") }], {
        behaviour: { trustedKeyGroups: ["group-1"] },
      }),
    );
    expect(errorCode(await test.ask(`/object?${"x".repeat(2049)}`))).to.equal("MissingKey");
    const url = getSignedUrl({
      url: `${test.edge.url}/object?${"x".repeat(2049)}`,
      keyPairId: "K2ECDSA",
      privateKey: keys.K2ECDSA.privateKey,
      dateLessThan: new Date(test.now.getTime() + 60_000),
    });
    const blocked = await test.ask(url.slice(test.edge.url.length));
    expect([blocked.status, errorCode(blocked)]).to.deep.equal([403, undefined]);
    expect(test.edge.firewall?.counters.get("long")?.blocked).to.equal(1);
  });

  it("looks at the beginning of a body, which still reaches the origin whole", async () => {
    const allowedMethods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
    test = await startTestEdge(
      withRules([{ name: "big", action: { block: {} }, statement: bigBody, ...metric("big") }], {
        behaviour: { allowedMethods },
      }),
    );
    expect((await test.ask("/form", { method: "POST", body: "x".repeat(100) })).status).to.equal(200);
    expect(test.asked[0]?.body).to.equal("x".repeat(100));
    for (const length of [101, 50_000]) {
      expect((await test.ask("/form", { method: "POST", body: "x".repeat(length) })).status).to.equal(403);
    }
    expect(test.asked).to.have.length(1);
  });

  it("keeps the edge from starting with a rule that it cannot judge and AWS could", async () => {
    const captcha = { name: "prove-it", action: { captcha: {} }, statement: longQuery, ...metric("captcha") };
    const failure = await startTestEdge(withRules([captcha])).then(
      (started) => started.close().then(() => new Error("it started")),
      (error: Error) => error,
    );
    expect(failure.message).to.contain("web ACL rule prove-it: action");
    test = await startTestEdge();
    expect(test.edge.firewall).to.equal(undefined);
  });
});

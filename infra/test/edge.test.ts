import { expect } from "chai";
import Type from "typebox";
import { Value } from "typebox/value";
import { type Recording, resourcesOf } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import { declare, json, root, theOne } from "./support/declared.ts";

const Behaviour = Type.Object({
  pathPattern: Type.Optional(Type.String()),
  targetOriginId: Type.String(),
  trustedKeyGroups: Type.Array(Type.String()),
  allowedMethods: Type.Array(Type.String()),
  viewerProtocolPolicy: Type.String(),
  cachePolicyId: Type.String(),
  responseHeadersPolicyId: Type.String(),
});
const Origin = Type.Object({
  originId: Type.String(),
  domainName: Type.String(),
  originPath: Type.Optional(Type.String()),
  originAccessControlId: Type.String(),
});
const Distribution = Type.Object({
  defaultCacheBehavior: Behaviour,
  orderedCacheBehaviors: Type.Array(Behaviour),
  origins: Type.Array(Origin),
  customErrorResponses: Type.Array(Type.Object({ responsePagePath: Type.Optional(Type.String()) })),
});
const Rules = Type.Array(
  Type.Object({
    name: Type.String(),
    priority: Type.Integer(),
    action: Type.Optional(Type.Record(Type.String(), Type.Object({}))),
    overrideAction: Type.Optional(Type.Record(Type.String(), Type.Object({}))),
    statement: Type.Record(Type.String(), Type.Unknown()),
    visibilityConfig: Type.Object({
      cloudwatchMetricsEnabled: Type.Boolean(),
      metricName: Type.String(),
      sampledRequestsEnabled: Type.Boolean(),
    }),
  }),
);

const AnyOf = Type.Object({ orStatement: Type.Object({ statements: Type.Array(Type.Unknown()) }) });

function distributionOf(recording: Recording) {
  const { inputs } = theOne(recording, "aws:cloudfront/distribution:Distribution", "latchkey-cdn");
  return Value.Parse(Distribution, inputs);
}

function rulesOf(recording: Recording) {
  return Value.Parse(Rules, theOne(recording, "aws:wafv2/webAcl:WebAcl").inputs.rules);
}

for (const stack of await stacksOf(root)) {
  describe(`The edge, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });
    const behaviours = () => {
      const { defaultCacheBehavior, orderedCacheBehaviors } = distributionOf(recording);
      return [defaultCacheBehavior, ...orderedCacheBehaviors];
    };

    it("asks for a signature of our key group on every behaviour, the default one too", () => {
      const group = theOne(recording, "aws:cloudfront/keyGroup:KeyGroup").id;
      expect(behaviours().map(({ trustedKeyGroups }) => trustedKeyGroups)).to.deep.equal([[group], [group], [group]]);
    });

    it("serves over TLS, by reading methods only, under one cache and one headers policy", () => {
      const cachePolicyId = theOne(recording, "aws:cloudfront/cachePolicy:CachePolicy").id;
      const responseHeadersPolicyId = theOne(
        recording,
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "latchkey-cdn-headers",
      ).id;
      for (const behaviour of behaviours()) {
        expect(behaviour).to.deep.include({
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET", "HEAD"],
          cachePolicyId,
          responseHeadersPolicyId,
        });
      }
    });

    it("leads no path of a URL to a key outside media/ and originals/", () => {
      const { defaultCacheBehavior, orderedCacheBehaviors, origins } = distributionOf(recording);
      expect(orderedCacheBehaviors.map(({ pathPattern }) => pathPattern)).to.deep.equal(["media/*", "originals/*"]);
      const elsewhere = origins.find(({ originId }) => originId === defaultCacheBehavior.targetOriginId);
      expect(elsewhere?.originPath).to.match(/^\/media\//);
    });

    it("signs every request to the bucket, whatever the viewer sent", () => {
      const control = theOne(recording, "aws:cloudfront/originAccessControl:OriginAccessControl");
      expect(control.inputs).to.deep.include({
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      });
      const { bucketRegionalDomainName } = theOne(recording, "aws:s3/bucket:Bucket", "latchkey-media").outputs;
      for (const { originAccessControlId, domainName } of distributionOf(recording).origins) {
        expect({ originAccessControlId, domainName }).to.deep.equal({
          originAccessControlId: control.id,
          domainName: bucketRegionalDomainName,
        });
      }
    });

    it("caches one copy for all viewers", () => {
      const policy = theOne(recording, "aws:cloudfront/cachePolicy:CachePolicy").inputs;
      expect(policy.parametersInCacheKeyAndForwardedToOrigin).to.deep.equal({
        queryStringsConfig: { queryStringBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        cookiesConfig: { cookieBehavior: "none" },
      });
    });

    it("leaves CloudFront's own reason for a refusal standing", () => {
      const { customErrorResponses } = distributionOf(recording);
      expect(customErrorResponses.map(({ responsePagePath }) => responsePagePath)).to.deep.equal(
        customErrorResponses.map(() => undefined),
      );
    });

    it("stands behind the web ACL, which is in the region that CloudFront's must be in", () => {
      const webAcl = theOne(recording, "aws:wafv2/webAcl:WebAcl");
      const { inputs } = theOne(recording, "aws:cloudfront/distribution:Distribution", "latchkey-cdn");
      expect(inputs.webAclId).to.equal(webAcl.outputs.arn);
      const parts = recording.resources.filter(
        ({ type, name }) => type.startsWith("aws:") && name.startsWith("latchkey-edge"),
      );
      expect(
        parts.filter(({ type }) => !type.includes("Logging")).map(({ inputs: { region } }) => region),
      ).to.deep.equal(parts.filter(({ type }) => !type.includes("Logging")).map(() => "us-east-1"));
      expect(webAcl.inputs.scope).to.equal("CLOUDFRONT");
    });

    it("has rules in one order, each with a metric, and no samples of signed requests", () => {
      const rules = rulesOf(recording);
      expect(rules.map(({ priority }) => priority)).to.deep.equal(rules.map((_, index) => index));
      expect(new Set(rules.map(({ visibilityConfig }) => visibilityConfig.metricName)).size).to.equal(rules.length);
      for (const { visibilityConfig } of rules) {
        expect(visibilityConfig).to.deep.include({ cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false });
      }
      expect(rules.map(({ name }) => name)).to.deep.equal([
        "denied-addresses",
        "allowed-addresses",
        "long-query",
        "long-path",
        "rate-per-address",
        "ip-reputation",
        "common",
        "known-bad-inputs",
        "sql-injection",
      ]);
    });

    it("logs what the web ACL did without signatures, tokens, cookies and the paths of share links", () => {
      const logging = theOne(recording, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
      expect(logging.inputs.redactedFields).to.deep.equal([
        { uriPath: {} },
        { queryString: {} },
        { singleHeader: { name: "authorization" } },
        { singleHeader: { name: "cookie" } },
      ]);
      expect(String(logging.inputs.logDestinationConfigs)).to.match(
        /:log-group:aws-waf-logs-latchkey-edge-[0-9a-f]{7}$/,
      );
    });
  });
}

describe("The edge", () => {
  const actionsOf = async (config: Readonly<Record<string, string>>) =>
    rulesOf(await declare("dev", config)).map(({ action = {}, overrideAction = {} }) =>
      Object.keys({ ...action, ...overrideAction }).join(),
    );

  it("blocks what its rules find, and lets the managed groups decide", async () => {
    expect(await actionsOf({ "latchkey:wafMode": "block" })).to.deep.equal([
      ...["block", "allow", "block", "block", "block"],
      ...["none", "none", "none", "none"],
    ]);
  });

  it("only counts where new rules are on trial", async () => {
    expect(await actionsOf({ "latchkey:wafMode": "count" })).to.deep.equal([
      ...["count", "allow", "count", "count", "count"],
      ...["count", "count", "count", "count"],
    ]);
  });

  it("keeps out countries and addresses, by version of the protocol", async () => {
    const recording = await declare("dev", {
      "latchkey:deniedCountries": '["KP"]',
      "latchkey:deniedCidrs": '["192.0.2.0/24","2001:db8::/32"]',
      "latchkey:allowedCidrs": '["198.51.100.7/32"]',
    });
    const sets = resourcesOf(recording, "aws:wafv2/ipSet:IpSet");
    expect(Object.fromEntries(sets.map(({ name, inputs }) => [name, inputs.addresses]))).to.deep.equal({
      "latchkey-edge-allowed-ipv4": ["198.51.100.7/32"],
      "latchkey-edge-allowed-ipv6": [],
      "latchkey-edge-denied-ipv4": ["192.0.2.0/24"],
      "latchkey-edge-denied-ipv6": ["2001:db8::/32"],
    });
    const rules = rulesOf(recording);
    const arnsOf = (list: string) => sets.filter(({ name }) => name.includes(list)).map(({ outputs }) => outputs.arn);
    for (const list of ["denied", "allowed"]) {
      const { orStatement } = Value.Parse(AnyOf, rules.find(({ name }) => name === `${list}-addresses`)?.statement);
      expect(orStatement.statements).to.have.deep.members(
        arnsOf(list).map((arn) => ({ ipSetReferenceStatement: { arn } })),
      );
    }
    expect(rules.find(({ name }) => name === "denied-countries")?.statement).to.deep.equal({
      geoMatchStatement: { countryCodes: ["KP"] },
    });
  });

  const onlyCounted: [what: string, metric: string, rules: readonly string[]][] = [
    [
      "a signature, which is random text, or a title reads like SQL",
      "sql-injection",
      ["SQLi_QUERYARGUMENTS", "SQLiExtendedPatterns_QUERYARGUMENTS", "SQLi_BODY", "SQLiExtendedPatterns_BODY"],
    ],
    [
      "a title reads like a script or a path, or a list of ids is long",
      "common",
      ["SizeRestrictions_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "CrossSiteScripting_BODY"],
    ],
    ["anything is known to be bad", "known-bad-inputs", []],
  ];
  for (const [what, metric, rules] of onlyCounted) {
    it(`lets pass because ${what}: ${rules.join(", ") || "nothing"}`, async () => {
      const found = rulesOf(await declare("dev")).find(({ name }) => name === metric);
      expect(found?.statement.managedRuleGroupStatement).to.deep.include({
        ruleActionOverrides: rules.map((name) => ({ name, actionToUse: { count: {} } })),
      });
    });
  }

  const named: [what: string, distribution: string, domain: string, host: string][] = [
    ["media", "latchkey-cdn", "latchkey-media-domain", "media.photos.example.com"],
    ["the API", "latchkey-api-edge", "latchkey-api-domain", "api.photos.example.com"],
  ];
  for (const [what, distributionName, domain, host] of named) {
    it(`answers for ${what} to a name of one's own, by a certificate that DNS has proved, over TLS 1.2 or newer`, async () => {
      const recording = await declare("prod");
      const certificate = theOne(recording, "aws:acm/certificate:Certificate", `${domain}-certificate`);
      expect(certificate.inputs).to.deep.equal({ region: "us-east-1", domainName: host, validationMethod: "DNS" });
      const proved = theOne(recording, "aws:acm/certificateValidation:CertificateValidation", `${domain}-proved`);
      const distribution = theOne(recording, "aws:cloudfront/distribution:Distribution", distributionName);
      expect(distribution.inputs).to.deep.include({
        aliases: [host],
        viewerCertificate: {
          acmCertificateArn: certificate.outputs.arn,
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
        },
      });
      expect(distribution.dependsOn).to.include(proved.urn);
      const { domainName: name, hostedZoneId: zoneId } = distribution.outputs;
      for (const type of ["a", "aaaa"]) {
        const { inputs } = theOne(recording, "aws:route53/record:Record", `${domain}-${type}`);
        expect(inputs).to.deep.include({
          name: host,
          type: type.toUpperCase(),
          aliases: [{ name, zoneId, evaluateTargetHealth: false }],
        });
      }
    });
  }

  it("is known by the names that viewers and apps call it by", async () => {
    const { mediaDomain, apiUrl } = (await declare("prod")).outputs;
    expect({ mediaDomain, apiUrl }).to.deep.equal({
      mediaDomain: "media.photos.example.com",
      apiUrl: "https://api.photos.example.com",
    });
    const own = (await declare("dev")).outputs;
    expect(own.mediaDomain).to.match(/^d\w+\.cloudfront\.net$/);
    expect(own.apiUrl).to.match(/^https:\/\/d\w+\.cloudfront\.net$/);
  });

  it("lets a staging distribution read what it reads, while its policy shares traffic out", async () => {
    const recording = await declare("dev", {
      "latchkey:httpVersion": "http2",
      "latchkey:continuousDeploymentPolicy": "policy-1",
      "latchkey:stagingDistribution": "ESTAGING0000",
    });
    const distribution = theOne(recording, "aws:cloudfront/distribution:Distribution", "latchkey-cdn");
    expect(distribution.inputs).to.include({ httpVersion: "http2", continuousDeploymentPolicyId: "policy-1" });
    for (const [type, name] of [
      ["aws:s3/bucketPolicy:BucketPolicy", "latchkey-cdn-bucket-policy"],
      ["aws:kms/keyPolicy:KeyPolicy", "latchkey-cdn-key-policy"],
    ] as const) {
      const policy = JSON.stringify(json(theOne(recording, type, name), "policy"));
      expect(policy, type).to.contain(
        `"aws:SourceArn":["${distribution.outputs.arn}","arn:aws:cloudfront::000000000000:distribution/ESTAGING0000"]`,
      );
    }
  });

  it("limits each address to the rate of the configuration", async () => {
    const rules = rulesOf(await declare("dev", { "latchkey:rateLimit": "500" }));
    expect(rules.find(({ name }) => name === "rate-per-address")?.statement).to.deep.equal({
      rateBasedStatement: { limit: 500, evaluationWindowSec: 300, aggregateKeyType: "IP" },
    });
  });

  it("lets scripts of the web origins read media, and of nobody else", async () => {
    const [type, name] = ["aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "latchkey-cdn-headers"];
    const some = await declare("dev", { "latchkey:webOrigins": '["https://a.example"]' });
    expect(theOne(some, type, name).inputs.corsConfig).to.deep.include({
      accessControlAllowOrigins: { items: ["https://a.example"] },
      accessControlAllowMethods: { items: ["GET", "HEAD"] },
    });
    const none = await declare("dev", { "latchkey:webOrigins": "[]" });
    expect(theOne(none, type, name).inputs).not.to.have.property("corsConfig");
  });
});

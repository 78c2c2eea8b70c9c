import { expect } from "chai";
import { type RecordedResource, type Recording, resourcesOf } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import { declare, json, root, theOne } from "./support/declared.ts";

const region = "us-east-1";

for (const stack of await stacksOf(root)) {
  describe(`What tells of trouble, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });
    const alarms = () => resourcesOf(recording, "aws:cloudwatch/metricAlarm:MetricAlarm");
    const namespaceOf = ({ inputs }: RecordedResource) => String(inputs.namespace);

    it("watches the functions, the queue, what the worker gave up, the edge and its web ACL", () => {
      expect(alarms().map(({ name }) => name)).to.have.members([
        ...["api", "renditions", "reconciler", "rotation"].flatMap((role) =>
          ["errors", "throttles", "slow"].map((what) => `latchkey-${role}-${what}`),
        ),
        "latchkey-dead-letters",
        "latchkey-uploads-age",
        "latchkey-removals-age",
        "latchkey-media-5xx",
        "latchkey-api-5xx",
        "latchkey-blocked",
      ]);
    });

    it("takes one bad minute of what runs by the clock for news, for there may be no other in an hour", () => {
      const scheduled = alarms().filter(({ name }) => /^latchkey-(reconciler|rotation)-/.test(name));
      expect(scheduled.map(({ inputs }) => inputs.evaluationPeriods)).to.deep.equal(Array(6).fill(1));
    });

    it("measures what exists, by names that the program declares", () => {
      const declared = new Set(recording.resources.map(({ id, outputs }) => String(outputs.name ?? id)));
      const distributions = resourcesOf(recording, "aws:cloudfront/distribution:Distribution").map(({ id }) => id);
      const webAcl = theOne(recording, "aws:wafv2/webAcl:WebAcl").inputs.visibilityConfig;
      expect(webAcl).to.include({ metricName: `latchkey-edge-${stack}` });
      for (const { inputs, name } of alarms()) {
        const { FunctionName, QueueName, DistributionId, WebACL } = Object(inputs.dimensions);
        if (WebACL) expect(WebACL).to.equal(`latchkey-edge-${stack}`);
        else if (DistributionId) expect(distributions, name).to.include(DistributionId);
        else expect([...declared], name).to.include(FunctionName ?? QueueName);
      }
    });

    it("keeps the edge's alarms where its metrics are, and tells a topic of the same region, under a key of it", () => {
      for (const alarm of alarms()) {
        const atEdge = ["AWS/CloudFront", "AWS/WAFV2"].includes(namespaceOf(alarm));
        expect(alarm.inputs.region, alarm.name).to.equal(atEdge ? region : undefined);
        const topic = theOne(recording, "aws:sns/topic:Topic", `latchkey-${atEdge ? "edge-alarms" : "alarms"}`);
        expect(alarm.inputs).to.deep.include({ alarmActions: [topic.outputs.arn], okActions: [topic.outputs.arn] });
        const key = theOne(recording, "aws:kms/key:Key", atEdge ? "latchkey-edge-key" : "latchkey-key");
        expect(topic.inputs.kmsMasterKeyId).to.equal(key.outputs.arn);
      }
    });

    it("lets alarms of this account publish, and nobody else's", () => {
      const [allow, deny] = json(
        theOne(recording, "aws:sns/topicPolicy:TopicPolicy", "latchkey-alarms-policy"),
        "policy",
      ).Statement;
      expect(allow).to.deep.include({
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Condition: { StringEquals: { "aws:SourceAccount": recording.accountId } },
      });
      expect(deny.Effect).to.equal("Deny");
    });

    it("logs every request to the edges in us-east-1, but no query, cookie or referrer, and of the API no path", () => {
      const logged = Object.entries({ media: "latchkey-cdn", api: "latchkey-api-edge" });
      for (const [what, distribution] of logged) {
        const { arn } = theOne(recording, "aws:cloudfront/distribution:Distribution", distribution).outputs;
        const source = theOne(
          recording,
          "aws:cloudwatch/logDeliverySource:LogDeliverySource",
          `latchkey-access-${what}-source`,
        );
        expect(source.inputs).to.deep.equal({ region, logType: "ACCESS_LOGS", resourceArn: arn });
        const { inputs } = theOne(
          recording,
          "aws:cloudwatch/logDelivery:LogDelivery",
          `latchkey-access-${what}-delivery`,
        );
        expect(inputs.deliverySourceName).to.equal(source.outputs.name);
        expect(inputs.recordFields).to.include.members(["c-ip", "sc-status", "x-edge-request-id"]);
        expect(inputs.recordFields).not.to.include.oneOf(["cs-uri-query", "cs(Cookie)", "cs(Referer)"]);
        expect(Array.isArray(inputs.recordFields) && inputs.recordFields.includes("cs-uri-stem")).to.equal(
          what === "media",
        );
      }
      expect(resourcesOf(recording, "aws:cloudwatch/logDelivery:LogDelivery")).to.have.lengthOf(logged.length);
    });

    it("has a dashboard, whose address the stack tells", () => {
      const { inputs } = theOne(recording, "aws:cloudwatch/dashboard:Dashboard");
      expect(inputs.dashboardName).to.equal(`latchkey-${stack}`);
      expect(recording.outputs.dashboardUrl).to.equal(
        `https://${recording.region}.console.aws.amazon.com/cloudwatch/home?region=${recording.region}#dashboards/dashboard/latchkey-${stack}`,
      );
    });
  });
}

describe("What tells of trouble", () => {
  it("watches no rotation where keys are not rotated", async () => {
    const recording = await declare("dev", { "latchkey:signingKeyDays": "0" });
    const names = resourcesOf(recording, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(names).to.include("latchkey-reconciler-errors");
    expect(names.filter((name) => name.includes("rotation"))).to.deep.equal([]);
  });

  it("tells each address in both regions", async () => {
    const recording = await declare("dev", { "latchkey:alarmEmails": '["a@example.com","b@example.com"]' });
    const told = resourcesOf(recording, "aws:sns/topicSubscription:TopicSubscription");
    expect(
      told.map(({ inputs }) => `${inputs.protocol} ${inputs.endpoint} ${inputs.region ?? "home"}`),
    ).to.have.members([
      "email a@example.com home",
      "email b@example.com home",
      `email a@example.com ${region}`,
      `email b@example.com ${region}`,
    ]);
  });
});

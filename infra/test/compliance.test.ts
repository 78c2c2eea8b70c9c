import { expect } from "chai";
import Type from "typebox";
import { Value } from "typebox/value";
import { type RecordedResource, type Recording, resourcesOf } from "../../local/program/recording.ts";
import { describeCosts } from "../../scripts/costs.ts";
import { complianceRules } from "../compliance-rules.ts";
import { controls } from "../policy-pack/controls.ts";
import { declare } from "./support/declared.ts";

const ruleType = "aws:cfg/rule:Rule";
const Rule = Type.Object({
  region: Type.Optional(Type.Literal("us-east-1")),
  source: Type.Object({ owner: Type.Literal("AWS"), sourceIdentifier: Type.String({ pattern: "^[A-Z0-9_]+$" }) }),
  scope: Type.Object({
    complianceResourceId: Type.String({ minLength: 1 }),
    complianceResourceTypes: Type.Array(Type.String(), { minItems: 1, maxItems: 1 }),
  }),
});

const pulumiTypes: Readonly<Record<string, string>> = {
  "AWS::S3::Bucket": "aws:s3/bucket:Bucket",
  "AWS::DynamoDB::Table": "aws:dynamodb/table:Table",
  "AWS::SNS::Topic": "aws:sns/topic:Topic",
  "AWS::Lambda::Function": "aws:lambda/function:Function",
  "AWS::CloudFront::Distribution": "aws:cloudfront/distribution:Distribution",
};

describe("AWS Config's rules", () => {
  let recording: Recording;
  let rules: readonly RecordedResource[];
  before(async () => {
    recording = await declare("prod", { "latchkey:configRules": "true" });
    rules = resourcesOf(recording, ruleType);
  });

  it("are none unless they are asked for", async () => {
    expect(resourcesOf(await declare("prod"), ruleType)).to.deep.equal([]);
  });

  it("are each held to one resource that the stack has, and distributions are watched where they can be", () => {
    expect(rules).not.to.have.length(0);
    for (const { name, inputs } of rules) {
      const { region, scope } = Value.Parse(Rule, inputs);
      const [type = ""] = scope.complianceResourceTypes;
      const ids = resourcesOf(recording, pulumiTypes[type] ?? "").map(({ id }) => id);
      expect(ids, name).to.include(scope.complianceResourceId);
      expect(region, name).to.equal(type === "AWS::CloudFront::Distribution" ? "us-east-1" : undefined);
    }
  });

  it("watch every bucket and distribution", () => {
    const watched = new Set(rules.map(({ inputs }) => Value.Parse(Rule, inputs).scope.complianceResourceId));
    const held = ["aws:s3/bucket:Bucket", "aws:cloudfront/distribution:Distribution", "aws:dynamodb/table:Table"];
    const ids = held.flatMap((type) => resourcesOf(recording, type)).map(({ id }) => id);
    expect([...watched]).to.include.members(ids);
  });

  it("are as many as the page of costs says", () => {
    expect(describeCosts()).to.include(` ${rules.length} rules look at `);
  });

  it("answer for controls that the policy pack knows too", () => {
    const ids = Object.values(complianceRules).flatMap((each) => Object.keys(each.rules));
    expect(controls.map(({ id }) => id)).to.include.members(ids);
  });
});

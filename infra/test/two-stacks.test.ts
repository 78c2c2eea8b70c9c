import { expect } from "chai";
import { runProgram } from "../../local/program/run.ts";
import { readStackFile, stacksOf } from "../../local/program/stack-file.ts";
import { root } from "./support/declared.ts";
import { madeKey } from "./support/made-key.ts";

/** Names that two stacks may both have. */
const harmless: Readonly<Record<string, string>> = {
  "aws:acm/certificate:Certificate domainName": "whoever runs the stacks gives each its domain",
  "aws:apigatewayv2/stage:Stage name": "of its own API",
  "aws:cloudwatch/metricAlarm:MetricAlarm metricName": "AWS's name of what is watched",
  "aws:cognito/userGroup:UserGroup name": "of its own pool",
  "aws:lambda/layerVersion:LayerVersion layerName": "a layer has versions, and each function names its own",
  "aws:route53/record:Record name": "whoever runs the stacks gives each its domain",
  "aws:sns/topic:Topic displayName": "for people to read",
};

describe("Two stacks of one account", () => {
  it("share no name that AWS has room for once", async () => {
    const shared = new Set<string>();
    for (const stack of await stacksOf(root)) {
      const stackFile = await readStackFile(root, stack);
      const declare = (name: string) =>
        runProgram({ stackFile: { ...stackFile, stack: name }, invoke: async () => madeKey });
      const [one, other] = await Promise.all([declare(stack), declare(`${stack}-two`)]);
      for (const { type, name, inputs } of one.resources) {
        const twin = other.resources.find((resource) => resource.type === type && resource.name === name);
        expect(twin, `${type} ${name} in another stack`).to.not.equal(undefined);
        for (const [key, value] of Object.entries(inputs)) {
          if (/^(?:name|bucket|domain)$|Name$/.test(key) && value === twin?.inputs[key]) shared.add(`${type} ${key}`);
        }
      }
    }
    expect([...shared].sort()).to.deep.equal(Object.keys(harmless));
  });
});

import { expect } from "chai";
import { stacksOf } from "../../local/program/stack-file.ts";
import type { Control, Declared } from "../policy-pack/control.ts";
import { addressOf, controls } from "../policy-pack/controls.ts";
import { examineStack } from "../policy-pack/examine.ts";
import { suppressions } from "../policy-pack/suppressions.ts";
import { declare, root } from "./support/declared.ts";
import { declaredIn, examine } from "./support/pack.ts";

/** Every control that a stack is said to meet. */
const promised: readonly [service: string, numbers: readonly number[]][] = [
  ["CloudFront", [1, 3, 4, 5, 6, 7, 8, 10, 12, 13, 15, 16, 17]],
  ["S3", [1, 2, 3, 5, 8, 9, 12, 13, 14, 17]],
  ["WAF", [10, 11, 12]],
  ["Lambda", [1, 2, 3, 7]],
  ["DynamoDB", [1, 2, 6]],
  ["Cognito", [1, 2, 3, 4, 5, 6]],
  ["APIGateway", [8, 9]],
  ["KMS", [1, 2, 4, 5]],
  ["SecretsManager", [1, 3, 4]],
  ["SQS", [1, 3]],
  ["SNS", [1, 4]],
  ["CloudTrail", [1, 2, 4, 5]],
];

/** What a stack may do without, and does: where, and against which control. */
const warnings: Readonly<Record<string, readonly string[]>> = {
  dev: [
    "CloudFront.4 latchkey-api-edge",
    "CloudFront.4 latchkey-cdn",
    "CloudFront.7 latchkey-api-edge",
    "CloudFront.7 latchkey-cdn",
    "Cognito.1 latchkey-identity",
    "Cognito.4 latchkey-identity",
  ],
  prod: ["CloudFront.4 latchkey-api-edge", "CloudFront.4 latchkey-cdn"],
};

const stacks = await stacksOf(root);
const options = controls.filter(({ option }) => option).map(({ id }) => id);

describe("The policy pack", () => {
  const declared = new Map<string, readonly Declared[]>();

  before(async () => {
    for (const stack of stacks) declared.set(stack, declaredIn(await declare(stack)));
  });

  it("has every control that is promised, once", () => {
    const ids = promised.flatMap(([service, numbers]) => numbers.map((number) => `${service}.${number}`));
    expect(controls.map(({ id }) => id)).to.have.members(ids);
  });

  it("leads to what AWS says of each", () => {
    expect(addressOf({ id: "APIGateway.8" })).to.match(/\/apigateway-controls\.html#apigateway-8$/);
  });

  for (const stack of stacks) {
    it(`passes on the stack ${stack}, and warns of what that does without`, () => {
      const violations = examine(declared.get(stack) ?? []);
      const told = violations.filter(({ control }) => !options.includes(control)).map(({ message }) => message);
      expect(told).to.deep.equal([]);
      const warned = violations.map(({ control, message }) => `${control} ${message.split(":")[0]}`);
      expect(warned).to.have.members([...(warnings[stack] ?? [])]);
    });
  }

  it("accepts no violation that no stack commits any more", () => {
    const needless = suppressions.filter((suppression) => {
      const others = suppressions.filter((each) => each !== suppression);
      return [...declared.values()].every(
        (resources) => examine(resources, others).length === examine(resources).length,
      );
    });
    expect(needless).to.deep.equal([]);
  });

  it("judges resources of which nothing is set", () => {
    const prod = declared.get("prod") ?? [];
    const empty = prod.map((resource) => ({ ...resource, props: {} }));
    const nothing = prod.map(({ props, ...resource }) => ({
      ...resource,
      props: Object.fromEntries(Object.keys(props).map((property) => [property, null])),
    }));
    for (const resources of [empty, nothing]) {
      const failed = new Set(examine(resources, []).map(({ control }) => control));
      expect(failed).to.include.all.keys("S3.8", "WAF.10", "Lambda.2", "DynamoDB.1", "KMS.4", "SNS.1", "CloudTrail.1");
    }
  });

  it("tells of a stack what none of its resources lacks", () => {
    const table: Declared = { urn: urnOf("aws:dynamodb/table:Table", "photos"), type: "", name: "photos", props: {} };
    const trail = controlOf("CloudTrail.1");
    expect([...examineStack(trail, [table], [])]).to.deep.equal([
      {
        control: "CloudTrail.1",
        message:
          "The stack acme: aws:cloudtrail/trail:Trail is []; let one be of all regions, with all management events",
      },
    ]);
  });
});

describe("A policy of the pack, in a preview", () => {
  const bucketType = "aws:s3/bucket:Bucket";
  const blockType = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
  const bucketOf = (name: string): Declared => ({ urn: urnOf(bucketType, name), type: bucketType, name, props: {} });
  const blockOf = (bucket: Declared, blocked: boolean): Declared => ({
    urn: urnOf(blockType, `${bucket.name}-block`),
    type: blockType,
    name: `${bucket.name}-block`,
    props: unknownAt("bucket", {
      blockPublicAcls: blocked,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
    propertyDependencies: { bucket: [bucket] },
  });

  it("tells by its dependencies whose a resource is, while no bucket has a name yet", () => {
    const [shut, open] = [bucketOf("shut"), bucketOf("open")];
    const resources = [shut, blockOf(shut, true), open, blockOf(open, false)];
    expect([...examineStack(controlOf("S3.8"), resources, [])]).to.deep.equal([
      {
        control: "S3.8",
        urn: open.urn,
        message: "open: blockPublicAcls of open-block is false; set all four to true",
      },
    ]);
  });

  it("judges all that it can, and then says what it can't", () => {
    const type = "aws:s3/bucketVersioning:BucketVersioning";
    const versioning: Declared = {
      urn: urnOf(type, "a-versioning"),
      type,
      name: "a-versioning",
      props: unknownAt("versioningConfiguration", {}),
      propertyDependencies: { bucket: [bucketOf("a")] },
    };
    const found = examineStack(controlOf("S3.14"), [bucketOf("a"), versioning, bucketOf("b")], []);
    expect(found.next().value).to.have.property("urn", bucketOf("b").urn);
    expect(() => found.next()).to.throw("versioningConfiguration is not known yet");
  });
});

function controlOf(id: string): Control {
  const control = controls.find((each) => each.id === id);
  if (!control) throw new Error(`There is no control ${id}`);
  return control;
}

function urnOf(type: string, name: string): string {
  return `urn:pulumi:acme::latchkey::${type}::${name}`;
}

/** Properties one of which throws when it is read, as Pulumi's do in a preview. */
function unknownAt(property: string, known: Readonly<Record<string, unknown>>): Declared["props"] {
  return Object.defineProperty({ ...known }, property, {
    get: () => {
      throw new Error(`${property} is not known yet`);
    },
  });
}

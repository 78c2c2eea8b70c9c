import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readStackFile, StackFileError, stacksOf } from "../program/stack-file.ts";

const project = `
name: shop
config:
  aws:defaultTags:
    value: { tags: { app: shop } }
  shop:colour: { type: string, default: red }
  size: { type: integer, default: 3 }
  shop:doors: { type: array, items: { type: string }, default: [] }
  shop:open: { type: boolean }
`;

describe("A stack file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "latchkey-"));
    await writeFile(join(folder, "Pulumi.yaml"), project);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (stack: string, text: string) => writeFile(join(folder, `Pulumi.${stack}.yaml`), text);
  const faultOf = async (stack: string) => {
    try {
      await readStackFile(folder, stack);
    } catch (error) {
      if (error instanceof StackFileError) return error.message.replaceAll(folder, "FOLDER");
      throw error;
    }
    return undefined;
  };

  it("gives the program what Pulumi would: defaults, its own values, and lists as JSON", async () => {
    await write("dev", "config: { aws:region: eu-west-1, shop:size: 5, shop:doors: [front, back], shop:open: false }");
    expect(await readStackFile(folder, "dev")).to.deep.equal({
      project: "shop",
      stack: "dev",
      region: "eu-west-1",
      config: {
        "aws:defaultTags": '{"tags":{"app":"shop"}}',
        "aws:region": "eu-west-1",
        "shop:colour": "red",
        "shop:size": "5",
        "shop:doors": '["front","back"]',
        "shop:open": "false",
      },
    });
  });

  it("knows which stacks there are", async () => {
    await write("prod", "config: {}");
    await write("dev", "config: {}");
    expect(await stacksOf(folder)).to.deep.equal(["dev", "prod"]);
  });

  it("that is missing is answered with those that are there", async () => {
    await write("prod", "config: {}");
    expect(await faultOf("staging")).to.equal(
      'FOLDER/Pulumi.staging.yaml is missing; there is no stack "staging"; there are prod',
    );
  });

  it("stays in its folder", async () => {
    expect(await faultOf("../prod")).to.equal('"../prod" is no name of a stack; use letters, digits, -, _ and . only');
  });

  it("without a project file is nothing", async () => {
    await write("dev", "config: {}");
    await rm(join(folder, "Pulumi.yaml"));
    expect(await faultOf("dev")).to.equal("FOLDER/Pulumi.yaml is missing; run this in the folder of the project");
  });

  const faults: [what: string, text: string, fault: RegExp][] = [
    ["is torn", "config: [", /^Pulumi\.dev\.yaml is not valid YAML: .* at line 1/s],
    ["is empty", "", /^Pulumi\.dev\.yaml holds no settings; see Pulumi\.dev\.yaml for an example$/],
    ["holds a list", "- config", /^Pulumi\.dev\.yaml holds no settings/],
    ["has a config that is no map", "config: [a]", /^Pulumi\.dev\.yaml: config must be a map of keys to values$/],
    [
      "names no region",
      "config: { shop:size: 1 }",
      /^Pulumi\.dev\.yaml: aws:region is missing; set it, for example to/,
    ],
    [
      "gives a value of another type than is declared",
      "config: { aws:region: eu-west-1, shop:size: large }",
      /^Pulumi\.dev\.yaml: shop:size is "large"; it must be of type integer$/,
    ],
    [
      "has several faults",
      "config: { shop:size: large, shop:doors: front }",
      /^Pulumi\.dev\.yaml: shop:size is .*\nPulumi\.dev\.yaml: shop:doors is .*\nPulumi\.dev\.yaml: aws:region is missing/,
    ],
    [
      "holds a secret that only Pulumi can open",
      "config: { aws:region: eu-west-1, shop:colour: { secure: v1:abc } }",
      /^Pulumi\.dev\.yaml: shop:colour is encrypted, and only Pulumi can read it; use another stack$/,
    ],
  ];
  for (const [what, text, fault] of faults) {
    it(`that ${what} is refused`, async () => {
      await write("dev", text);
      expect(await faultOf("dev")).to.match(fault);
    });
  }
});

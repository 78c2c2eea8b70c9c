import { expect } from "chai";
import type { RecordedResource } from "../../local/program/recording.ts";
import { readStackFile, stacksOf } from "../../local/program/stack-file.ts";
import { controls } from "../policy-pack/controls.ts";
import { declare, root, theOne } from "./support/declared.ts";
import { runInEngine } from "./support/run-in-engine.ts";
import { type ServedPack, servePack } from "./support/serve-pack.ts";

const stacks = await stacksOf(root);
const customOnly = (resources: readonly RecordedResource[]) => resources.filter(({ custom }) => custom);

describe("The policy pack, served by Pulumi's own runner", () => {
  let pack: ServedPack;

  before(async () => {
    pack = await servePack();
  });

  after(() => pack?.close());

  it("has a policy for every control that something declared can break", async () => {
    const breakable = controls.filter((control) => !("unverifiable" in control)).map(({ id }) => id);
    expect(await pack.describe()).to.have.members(breakable);
  });

  it("stops what breaks a control before it is built, and says what, where and how to mend it", async () => {
    const table = theOne(await declare("prod"), "aws:dynamodb/table:Table");
    const unprotected = { ...table, inputs: { ...table.inputs, deletionProtectionEnabled: false } };
    expect(await pack.analyze([table])).to.deep.equal([]);
    expect(await pack.analyze([unprotected])).to.deep.equal([
      {
        policy: "DynamoDB.6",
        level: "mandatory",
        message:
          "A table can't be deleted by mistake\nlatchkey-photos: deletionProtectionEnabled is false; set latchkey:protectData to true",
        urn: table.urn,
      },
    ]);
  });

  it("stops a stack whose resources break a control between them", async () => {
    const resources = customOnly((await declare("prod")).resources);
    const found = await pack.analyzeStack(resources.filter(({ name }) => name !== "latchkey-edge-logging"));
    expect(found.map(({ policy, level }) => [policy, level])).to.deep.equal([["WAF.11", "mandatory"]]);
  });

  for (const stack of stacks) {
    it(`lets the stack ${stack} be built`, async () => {
      const resources = customOnly((await declare(stack)).resources);
      const found = [...(await pack.analyze(resources)), ...(await pack.analyzeStack(resources))];
      expect(found.filter(({ level }) => level === "mandatory")).to.deep.equal([]);
    });
  }

  it("lets a preview pass, in which it can't see all yet", async () => {
    const { recording } = await runInEngine(await readStackFile(root, "prod"), "preview");
    const resources = customOnly(recording.resources);
    const found = [...(await pack.analyze(resources)), ...(await pack.analyzeStack(resources))];
    expect(found.filter(({ level }) => level === "mandatory")).to.deep.equal([]);
    expect(found.map(({ message }) => message).join("\n")).to.include("can't be known during preview");
  });
});

import { expect } from "chai";
import { type Recording, resourcesOf } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import type { PolicyDocument, Statement } from "../policies/document.ts";
import { type WildcardReason, wildcardReasons } from "../policies/wildcards.ts";
import { declare, root } from "./support/declared.ts";

/** What no stack file of the repository turns on, and adds policies. */
const options = {
  "latchkey:malwareScan": "guardduty",
  "latchkey:adminMfa": "true",
  "latchkey:auditorAccount": "111111111111",
  "latchkey:auditorExternalId": "agreed-on-with-acme",
};

const inputs = ["assumeRolePolicy", "policy", "policyDocument"];

function statementsOf({ resources }: Recording, types?: readonly string[]): Statement[] {
  const policies = resources
    .filter(({ type }) => types?.includes(type) ?? true)
    .flatMap((resource) => inputs.map((input) => resource.inputs[input]))
    .filter((text) => typeof text === "string");
  return policies.flatMap((text) => (JSON.parse(text) as PolicyDocument).Statement);
}

function wildcardsOf({ Action, Resource = [] }: Statement): (keyof WildcardReason)[] {
  return [
    ...([Resource].flat().includes("*") ? (["resources"] as const) : []),
    ...([Action].flat().some((action) => action.includes("*")) ? (["actions"] as const) : []),
  ];
}

describe("In every stack, and with all options on", () => {
  let recordings: readonly Recording[];
  before(async () => {
    const stacks = await stacksOf(root);
    recordings = await Promise.all([...stacks.map((stack) => declare(stack)), declare("dev", options)]);
  });

  it("a wildcard in a policy has its reason in the code, and a reason its wildcard", () => {
    const found: Record<string, Set<string>> = {};
    for (const statement of recordings.flatMap((recording) => statementsOf(recording))) {
      for (const wildcard of wildcardsOf(statement)) {
        found[statement.Sid] ??= new Set();
        found[statement.Sid]?.add(wildcard);
      }
    }
    const given = Object.entries(wildcardReasons).map(([sid, reason]) => [sid, Object.keys(reason).sort()]);
    const needed = Object.entries(found).map(([sid, wildcards]) => [sid, [...wildcards].sort()]);
    expect(Object.fromEntries(needed)).to.deep.equal(Object.fromEntries(given));
  });

  it("no role is allowed a whole family of actions", () => {
    const allowed = recordings
      .flatMap((recording) => statementsOf(recording, ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"]))
      .filter(({ Effect }) => Effect === "Allow");
    expect(allowed).not.to.have.length(0);
    expect(allowed.filter((statement) => wildcardsOf(statement).includes("actions"))).to.deep.equal([]);
  });

  it("every role is capped by the one boundary", () => {
    for (const recording of recordings) {
      const roles = resourcesOf(recording, "aws:iam/role:Role");
      const [boundary] = resourcesOf(recording, "aws:iam/policy:Policy");
      expect(roles).not.to.have.length(0);
      expect(roles.filter(({ inputs }) => inputs.permissionsBoundary !== boundary?.outputs.arn)).to.deep.equal([]);
    }
  });
});

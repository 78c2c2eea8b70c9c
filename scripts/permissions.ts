// Writes docs/permissions.md, who may do what, from what the Pulumi program declares. `npm run permissions` after a change of a
// policy; a test holds the file against the program.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { OneOrMany, PolicyDocument, Statement } from "../infra/policies/document.ts";
import { wildcardReasons } from "../infra/policies/wildcards.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../local/program/recording.ts";
import { runProgram } from "../local/program/run.ts";
import { readStackFile } from "../local/program/stack-file.ts";
import { markdownTable } from "./markdown-table.ts";

const root = new URL("..", import.meta.url);

/** From the root of the checkout. */
export const permissionsPath = "docs/permissions.md";

/** What no stack file may turn on for others, and the page describes all the same. */
const options = { "latchkey:auditorAccount": "111122223333", "latchkey:auditorExternalId": "the-id-agreed-on" };

/** Stands for what functions make inside AWS, none of which the page tells. */
const madeUp = JSON.stringify({ publicKeyPem: "made up", value: "made up" });

/** The text of the page, of one stack file; the same each time. */
export async function describePermissions(stack = "prod"): Promise<string> {
  const stackFile = await readStackFile(fileURLToPath(root), stack);
  const config = { ...stackFile.config, ...options };
  const recording = await runProgram({ stackFile: { ...stackFile, config }, invoke: async () => madeUp });
  const naming = createNaming(recording);
  return [
    "# Who may do what",
    `Written by \`npm run permissions\` from what the program declares for the stack \`${stack}\`, with an auditor besides;\na test fails while it is stale. Every role has one policy and, above it, the [boundary](#the-boundary): it may do what both allow. Resources are called by their names in the program.`,
    "## Roles",
    ...byName(resourcesOf(recording, "aws:iam/role:Role")).flatMap((role) => describeRole(role, recording, naming)),
    "## The boundary",
    "What no role of the stack can go beyond, whatever its own policy comes to say.",
    ...resourcesOf(recording, "aws:iam/policy:Policy").map((policy) => rightsTable(policyOf(policy, "policy"), naming)),
    "## Resources",
    "What holds for whoever comes, besides what a role allows: a `deny` outweighs every `allow`.",
    ...byName(recording.resources).flatMap((resource) => describeResourcePolicy(resource, naming)),
    ...describeCallers(resourcesOf(recording, "aws:lambda/permission:Permission"), naming),
    ...describeWildcards(),
  ]
    .join("\n\n")
    .concat("\n");
}

function describeRole(role: RecordedResource, recording: Recording, naming: Naming): string[] {
  const [own, ...others] = resourcesOf(recording, "aws:iam/rolePolicy:RolePolicy").filter(
    ({ inputs }) => inputs.role === role.outputs.name,
  );
  if (!own || others.length > 0)
    throw new Error(`The role ${role.name} has ${others.length + (own ? 1 : 0)} policies, not one`);
  return [
    `### ${role.name}`,
    policyOf(role, "assumeRolePolicy")
      .Statement.map((trust) => describeTrust(trust, naming))
      .join("\n"),
    rightsTable(policyOf(own, "policy"), naming),
  ];
}

function describeTrust({ Principal, Action, Condition }: Statement, naming: Naming): string {
  const conditions = describeCondition(Condition, naming);
  return `Taken on by ${describePrincipal(Principal, naming)}, by ${code(Action)}${conditions && `, if ${conditions}`}.`;
}

const policyInputs = ["policy", "policyDocument"];
const ownSections = new Set(["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"]);

function describeResourcePolicy(resource: RecordedResource, naming: Naming): string[] {
  const input = policyInputs.find((name) => typeof resource.inputs[name] === "string");
  if (input === undefined || ownSections.has(resource.type)) return [];
  return [`### ${resource.name}`, rightsTable(policyOf(resource, input), naming, true)];
}

/** Lambda keeps what lets a service call a function as one grant each, and not as a document. */
function describeCallers(permissions: readonly RecordedResource[], naming: Naming): string[] {
  if (permissions.length === 0) return [];
  const rows = byName(permissions).map(({ inputs: { principal, action, function: name, sourceArn } }) => {
    if (sourceArn === undefined)
      throw new Error(`Anybody's ${principal} may call the function ${name}: give a source ARN`);
    return [principal, action, name, sourceArn].map((value) => code(naming(String(value))));
  });
  return ["### Functions", markdownTable(["who", "action", "on", "for"], rows)];
}

function describeWildcards(): string[] {
  const rows = Object.entries(wildcardReasons).map(([sid, { resources = "", actions = "" }]) => [
    sid,
    resources,
    actions,
  ]);
  return [
    "## Wildcards",
    "Why a statement speaks of every resource, or of a whole family of actions. No other does, and no role is allowed a family of actions.",
    markdownTable(["", "every resource", "a family of actions"], rows),
  ];
}

/** What the program does at the same time it may declare in any order. */
function byName(resources: readonly RecordedResource[]): RecordedResource[] {
  return resources.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function policyOf(resource: RecordedResource, input: string): PolicyDocument {
  return JSON.parse(String(resource.inputs[input]));
}

function rightsTable({ Statement: statements }: PolicyDocument, naming: Naming, withWho = false): string {
  const head = ["", ...(withWho ? ["who"] : []), "actions", "on", "if"];
  const rows = statements.map((statement) => [
    `${statement.Effect === "Deny" ? "**deny** " : ""}${statement.Sid}`,
    ...(withWho ? [describePrincipal(statement.Principal, naming)] : []),
    code(statement.Action),
    code([statement.Resource ?? []].flat().map(naming)),
    describeCondition(statement.Condition, naming),
  ]);
  return markdownTable(head, rows);
}

function describePrincipal(principal: Statement["Principal"], naming: Naming): string {
  if (principal === undefined || principal === "*") return "anybody";
  return code(Object.values(principal).flat().map(naming));
}

function describeCondition(condition: Statement["Condition"], naming: Naming): string {
  return Object.entries(condition ?? {})
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => `\`${key}\` ${operator} ${code([values].flat().map(naming))}`),
    )
    .join(" and ");
}

function code(values: OneOrMany<string>): string {
  return [values]
    .flat()
    .map((value) => `\`${value}\``)
    .join(", ");
}

type Naming = (text: string) => string;

/** Puts a resource's name in the program in place of its ARN or id: those change with the account, the region and the stack. */
function createNaming({ resources, accountId, region }: Recording): Naming {
  const names = resources
    .filter(({ custom }) => custom)
    .flatMap(({ name, id, outputs }) => [String(outputs.arn ?? ""), id].map((value) => [value, `{${name}}`] as const))
    .filter(([value]) => value.length > 8)
    .toSorted(([one], [other]) => other.length - one.length);
  const places = [
    [accountId, "{account}"],
    [region, "{region}"],
  ] as const;
  return (text) =>
    [...names, ...places].reduce((described, [value, name]) => described.replaceAll(value, name), String(text));
}

if (import.meta.main) {
  await writeFile(new URL(permissionsPath, root), await describePermissions());
  console.log(`Wrote ${permissionsPath}.`);
}

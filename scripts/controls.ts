// Writes docs/controls.md, which controls a stack is held to, from the policy pack. `npm run controls` after a change of the pack; a
// test holds the file against it.
import { writeFile } from "node:fs/promises";
import type { Control } from "../infra/policy-pack/control.ts";
import { addressOf, controls } from "../infra/policy-pack/controls.ts";
import { type Suppression, suppressions } from "../infra/policy-pack/suppressions.ts";
import { markdownTable } from "./markdown-table.ts";

/** From the root of the checkout. */
export const controlsPath = "docs/controls.md";

/** The text of the page; the same each time. */
export function describeControls(): string {
  return [
    "# The controls that a stack is held to",
    "Written by `npm run controls` from the [policy pack](../infra/policy-pack); a test fails while it is stale. They are controls of AWS\nSecurity Hub, by its ids. The pack holds a stack to them before anything is built ([how](deploy.md#held-to-its-controls)), and the tests\nhold every stack file of this repository.",
    markdownTable(["control", "what it wants", "how a stack meets it"], controls.map(describeControl)),
    "## Where one does not hold, and why",
    "The pack accepts these, and no others.",
    markdownTable(["control", "where", "why"], suppressions.map(describeSuppression)),
  ]
    .join("\n\n")
    .concat("\n");
}

function describeControl(control: Control): string[] {
  return [`[${control.id}](${addressOf(control)})`, control.title, `${kindOf(control)}${control.how}`];
}

function kindOf(control: Control): string {
  if ("unverifiable" in control) return "**Not checked:** ";
  if (control.option) return "**Only warned of:** ";
  const everywhere = suppressions.some(
    (suppression) => suppression.control === control.id && placesOf(suppression).length === 0,
  );
  return everywhere ? "**Not held to, see below:** " : "";
}

function describeSuppression(suppression: Suppression): string[] {
  return [suppression.control, placesOf(suppression).join(", ") || "everywhere", suppression.reason];
}

function placesOf({ resource, stack, where }: Suppression): string[] {
  return [
    ...(resource === undefined ? [] : [`\`${resource}\``]),
    ...(stack === undefined ? [] : [`the stack \`${stack}\``]),
    ...Object.entries(where ?? {}).map(([path, value]) => `where \`${path}\` is \`${value}\``),
  ];
}

if (import.meta.main) {
  await writeFile(new URL(`../${controlsPath}`, import.meta.url), describeControls());
  console.log(`Wrote ${controlsPath}.`);
}

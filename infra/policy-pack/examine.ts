import type { Control, Declared, Finding } from "./control.ts";
import { isSuppressedBy, type Suppression } from "./suppressions.ts";

export interface Violation {
  readonly control: string;
  /** Absent for one of the stack as a whole. */
  readonly urn?: string;
  readonly message: string;
}

/** What one resource does against a control that judges it by itself; nothing where the control is of another kind. */
export function* examineResource(
  control: Control,
  resource: Declared,
  suppressions: readonly Suppression[],
): Generator<Violation> {
  if (!("types" in control) || !control.types.includes(resource.type)) return;
  for (const fault of control.faults(resource)) {
    yield* unlessSuppressed(control, { resource, fault }, stackOf(resource), suppressions);
  }
}

/** The same for a control that judges resources by each other. */
export function* examineStack(
  control: Control,
  resources: readonly Declared[],
  suppressions: readonly Suppression[],
): Generator<Violation> {
  if (!("findings" in control)) return;
  const [first] = resources;
  for (const finding of control.findings(resources)) {
    yield* unlessSuppressed(control, finding, first ? stackOf(first) : "", suppressions);
  }
}

function* unlessSuppressed(
  { id: control }: Control,
  { resource, fault }: Finding,
  stack: string,
  suppressions: readonly Suppression[],
): Generator<Violation> {
  if (suppressions.some((suppression) => isSuppressedBy(suppression, { control, stack, resource }))) return;
  const { property, value, mend } = fault;
  const message = `${resource?.name ?? `The stack ${stack}`}: ${property} is ${show(value)}; ${mend}`;
  yield { control, message, ...(resource && { urn: resource.urn }) };
}

/** A URN begins `urn:pulumi:STACK::PROJECT::`. */
function stackOf({ urn }: Declared): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}

function show(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}

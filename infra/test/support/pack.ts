import type { RecordedResource, Recording } from "../../../local/program/recording.ts";
import type { Control, Declared } from "../../policy-pack/control.ts";
import { controls } from "../../policy-pack/controls.ts";
import { examineResource, examineStack, type Violation } from "../../policy-pack/examine.ts";
import { type Suppression, suppressions } from "../../policy-pack/suppressions.ts";

/** A recorded resource as Pulumi shows it to a policy of the stack, with what AWS computed. */
export function asDeclared({ urn, type, name, id, outputs }: RecordedResource): Declared {
  return { urn, type, name, props: { ...outputs, id } };
}

export function declaredIn({ resources }: Recording): Declared[] {
  return resources.filter(({ custom }) => custom).map(asDeclared);
}

/** All that the resources do against the controls. */
export function examine(
  resources: readonly Declared[],
  accepted: readonly Suppression[] = suppressions,
  held: readonly Control[] = controls,
): Violation[] {
  return held.flatMap((control) => [
    ...resources.flatMap((resource) => [...examineResource(control, resource, accepted)]),
    ...examineStack(control, resources, accepted),
  ]);
}

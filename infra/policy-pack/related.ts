import { type Declared, type Fault, type Finding, valueAt } from "./control.ts";

export function ofType(resources: readonly Declared[], type: string): readonly Declared[] {
  return resources.filter((resource) => resource.type === type);
}

/** The resources of a type that name `target` in a property: by what Pulumi knows of it, in a preview too, or by value. */
export function naming(
  target: Declared,
  resources: readonly Declared[],
  type: string,
  property: string,
): readonly Declared[] {
  return ofType(resources, type).filter(({ props, propertyDependencies }) => {
    const made = propertyDependencies?.[property] ?? [];
    if (made.length > 0) return made.some(({ urn }) => urn === target.urn);
    const value = valueAt(props, property);
    return value !== undefined && [target.props.id, target.props.arn].includes(value);
  });
}

/**
 * Judges each resource of a type among all the others. One that can't be judged in a preview keeps no other from being judged:
 * what it threw is thrown in the end, for Pulumi to say so.
 */
export function eachOf(type: string, faults: (resource: Declared, all: readonly Declared[]) => readonly Fault[]) {
  return function* findings(resources: readonly Declared[]): Generator<Finding> {
    const thrown: unknown[] = [];
    for (const resource of ofType(resources, type)) {
      try {
        for (const fault of faults(resource, resources)) yield { resource, fault };
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  };
}

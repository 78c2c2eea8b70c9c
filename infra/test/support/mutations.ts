import { type Declared, isObject } from "../../policy-pack/control.ts";

/** A change of what a stack declares, and how it is told. */
export interface Step {
  readonly told: string;
  readonly apply: (resources: readonly Declared[]) => readonly Declared[];
}

/** Puts a resource's properties in place of what they were, or takes it out. */
export function otherwise(
  name: string,
  mutate: ((props: Declared["props"]) => Declared["props"]) | undefined,
  told = `there is no ${name}`,
): Step {
  return {
    told,
    apply: (resources) => {
      if (!resources.some((resource) => resource.name === name)) throw new Error(`No resource is called ${name}`);
      return resources.flatMap((resource) => {
        if (resource.name !== name) return [resource];
        return mutate ? [{ ...resource, props: mutate(resource.props) }] : [];
      });
    },
  };
}

/** Sets the value at a path such as `rules.0.status`. */
export function change(name: string, path: string, value: unknown): Step {
  return otherwise(
    name,
    (props) => {
      const copy = structuredClone(props);
      const keys = path.split(".");
      const last = keys.pop() ?? "";
      const parent = keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), copy);
      if (!isObject(parent)) throw new Error(`${name} has nothing at ${keys.join(".")}`);
      Object.assign(parent, { [last]: value });
      return copy;
    },
    `${path} of ${name} is ${JSON.stringify(value) ?? "not set"}`,
  );
}

/** Adds a statement to a resource's policy. */
export function grant(name: string, statement: object): Step {
  return otherwise(
    name,
    ({ policy, ...props }) => {
      const document = JSON.parse(String(policy));
      return { ...props, policy: JSON.stringify({ ...document, Statement: [...document.Statement, statement] }) };
    },
    `${name} says ${JSON.stringify(statement)}`,
  );
}

/** Takes a statement out of a resource's policy. */
export function without(name: string, property: string, sid: string): Step {
  return otherwise(
    name,
    ({ [property]: policy, ...props }) => {
      const document = JSON.parse(String(policy));
      const rest = document.Statement.filter(({ Sid }: { Sid: string }) => Sid !== sid);
      if (rest.length === document.Statement.length) throw new Error(`${name} has no statement ${sid}`);
      return { ...props, [property]: JSON.stringify({ ...document, Statement: rest }) };
    },
    `${name} lacks ${sid}`,
  );
}

/** Declares one more resource. */
export function declaredResource(type: string, name: string, props: Declared["props"]): Step {
  return {
    told: `there is a ${type} ${JSON.stringify(props)}`,
    apply: (resources) => [...resources, { urn: `urn:pulumi:prod::latchkey::${type}::${name}`, type, name, props }],
  };
}

/** What a control sees of a declared resource; Pulumi's own is one. To read what a preview can't know yet throws. */
export interface Declared {
  readonly urn: string;
  /** A Pulumi type token, such as `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** By property, the resources that its value is made of. */
  readonly propertyDependencies?: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** A property that is not as a control wants it. */
export interface Fault {
  readonly property: string;
  readonly value: unknown;
  /** What to do, as an order. */
  readonly mend: string;
}

/** A fault and whose it is: a resource's, or that of the stack as a whole. */
export interface Finding {
  readonly resource?: Declared;
  readonly fault: Fault;
}

interface Described {
  /** Security Hub's, such as `S3.8`. */
  readonly id: string;
  /** What it wants. */
  readonly title: string;
  /** How the stack meets it. */
  readonly how: string;
  /** Whether a stack may do without: then violations only warn. */
  readonly option?: true;
}

/** Judges one resource by itself, before it is built. */
export interface ResourceControl extends Described {
  readonly types: readonly string[];
  readonly faults: (resource: Declared) => readonly Fault[];
}

/** Judges resources by each other, at the end of a preview and of a deployment. */
export interface StackControl extends Described {
  readonly findings: (resources: readonly Declared[]) => Iterable<Finding>;
}

/** Asks for what no declared resource shows, so that only Security Hub itself can tell. */
export interface UnverifiableControl extends Described {
  readonly unverifiable: true;
}

export type Control = ResourceControl | StackControl | UnverifiableControl;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The value at a path such as `passwordPolicy.minimumLength`; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** The list at a path; what is absent is empty, and what is no list is a list of one. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  return [valueAt(value, path) ?? []].flat();
}

/** The fault of a property whose value is not right, if it is not. */
export function faultsAt(
  { props }: Declared,
  property: string,
  isRight: (value: unknown) => boolean,
  mend: string,
): readonly Fault[] {
  const value = valueAt(props, property);
  return isRight(value) ? [] : [{ property, value, mend }];
}

export function is(...rightValues: readonly unknown[]) {
  return (value: unknown) => rightValues.includes(value);
}

export function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

export function isAtLeast(least: number) {
  return (value: unknown) => typeof value === "number" && value >= least;
}

export function isAtMost(most: number) {
  return (value: unknown) => typeof value === "number" && value <= most;
}

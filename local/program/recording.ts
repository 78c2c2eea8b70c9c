import type { StackFile } from "./stack-file.ts";

/** One resource that the program declared, with the answers that the local provider gave for it. */
export interface RecordedResource {
  readonly urn: string;
  /** A Pulumi type token: `aws:s3/bucket:Bucket`, or `latchkey:media:MediaBucket` for a component. */
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  /** The provider's id: a bucket's name, a key group's UUID. Empty for components. */
  readonly id: string;
  /** What the program asked for, secrets unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** `inputs` with what the provider computed (`arn`, `domainName`); for a component, its registered outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
}

/** All that one run of the infra program declared: the only configuration that the local services take. */
export interface Recording {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Every resource of a type token, in order of declaration. */
export function resourcesOf(recording: Recording, type: string): RecordedResource[] {
  return recording.resources.filter((resource) => resource.type === type);
}

/** A recording that a run fills. */
export interface GrowingRecording extends Recording {
  readonly resources: RecordedResource[];
  readonly outputs: Record<string, unknown>;
}

/** An empty recording, for the services that must answer while the program still runs. */
export function startRecording(stackFile: StackFile, accountId = "000000000000"): GrowingRecording {
  const { project, stack, region } = stackFile;
  return { project, stack, region, accountId, resources: [], outputs: {} };
}

/** Adds a resource, or puts it in place of what was recorded under its URN: a component's outputs come last. */
export function record({ resources }: GrowingRecording, resource: RecordedResource): void {
  const index = resources.findIndex(({ urn }) => urn === resource.urn);
  if (index === -1) resources.push(resource);
  else resources[index] = resource;
}

import { parsePolicy } from "./iam/parse-policy.ts";
import { PolicyError } from "./iam/policy-error.ts";
import type { PolicyDocument } from "./iam/types.ts";
import { type RecordedResource, type Recording, resourcesOf } from "./program/recording.ts";

const read = new WeakMap<RecordedResource, PolicyDocument>();

/** The policy that the program puts on a resource by another, such as a QueuePolicy; throws PolicyError. */
export function attachedPolicy(
  recording: Recording,
  type: string,
  isOn: (inputs: RecordedResource["inputs"]) => boolean,
): PolicyDocument | undefined {
  const attachment = resourcesOf(recording, type).find(({ inputs }) => isOn(inputs));
  return attachment && policyOf(attachment);
}

/** The policy that a resource carries in its own `policy` property; throws PolicyError, naming the resource. */
export function policyOf(resource: RecordedResource): PolicyDocument | undefined {
  if (resource.inputs.policy === undefined) return undefined;
  const policy = read.get(resource) ?? parse(resource);
  read.set(resource, policy);
  return policy;
}

function parse({ type, name, inputs }: RecordedResource): PolicyDocument {
  try {
    return parsePolicy(inputs.policy, "resource");
  } catch (error) {
    if (error instanceof PolicyError) throw new PolicyError(`${type} ${name}: ${error.message}`);
    throw error;
  }
}

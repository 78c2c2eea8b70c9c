import { parsePolicy } from "../../iam/parse-policy.ts";
import { PolicyError } from "../../iam/policy-error.ts";
import type { PolicyDocument } from "../../iam/types.ts";
import type { RecordedResource } from "../../program/recording.ts";

/** The policy that the program puts on a bucket or a key; throws PolicyError, naming the resource, for one it cannot read. */
export function recordedPolicy({ type, name }: RecordedResource, policy: unknown): PolicyDocument {
  try {
    return parsePolicy(policy, "resource");
  } catch (error) {
    if (error instanceof PolicyError) throw new PolicyError(`${type} ${name}: ${error.message}`);
    throw error;
  }
}

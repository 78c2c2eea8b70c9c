import { Type } from "typebox";
import { parseAs, parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { awsManagedPolicy, isAwsManaged } from "./managed-policies.ts";
import { type PolicyKind, parsePolicy } from "./parse-policy.ts";
import { PolicyError } from "./policy-error.ts";
import { principalId } from "./principal-id.ts";
import type { PolicyDocument } from "./types.ts";

/** A role as the program declared it, with every policy that it put on it. */
export interface RecordedRole {
  readonly arn: string;
  readonly name: string;
  /** `AROA…`, the first half of `aws:userid`. */
  readonly uniqueId: string;
  readonly maxSessionSeconds: number;
  readonly trust: PolicyDocument;
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
}

/** Finds a role by its ARN; throws an Error that names the resource for a role or a policy that it cannot read. */
export type FindRole = (roleArn: string) => RecordedRole | undefined;

const RoleInputs = Type.Object({
  assumeRolePolicy: Type.Unknown(),
  permissionsBoundary: Type.Optional(Type.String()),
  inlinePolicies: Type.Optional(Type.Array(Type.Object({ policy: Type.Unknown() }))),
  managedPolicyArns: Type.Optional(Type.Array(Type.String())),
  maxSessionDuration: Type.Optional(Type.Integer({ minimum: 3600, maximum: 43200 })),
});
const RoleOutputs = Type.Object({
  arn: Type.String(),
  name: Type.String(),
  uniqueId: Type.Optional(Type.String()),
});
const Attachment = Type.Object({ role: Type.String(), policyArn: Type.String() });

/** Reads roles from a recording that may still grow: what was read is kept until another resource is declared. */
export function recordedRoles(recording: Recording): FindRole {
  const roles = new Map<string, RecordedRole>();
  let readAt = 0;
  return (roleArn) => {
    if (readAt !== recording.resources.length) {
      roles.clear();
      readAt = recording.resources.length;
    }
    const known = roles.get(roleArn);
    if (known) return known;
    const resource = resourcesOf(recording, "aws:iam/role:Role").find(({ outputs }) => outputs.arn === roleArn);
    if (!resource) return undefined;
    const role = readRole(resource, recording);
    roles.set(roleArn, role);
    return role;
  };
}

function readRole(resource: RecordedResource, recording: Recording): RecordedRole {
  const inputs = parseInputs(RoleInputs, resource);
  const where = `${resource.type} ${resource.name}`;
  const { arn, name, uniqueId = principalId("AROA", arn) } = parseAs(RoleOutputs, resource.outputs, where);
  const isOnThis = ({ inputs: { role } }: RecordedResource) => role === name || role === resource.id;
  const attached = resourcesOf(recording, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    .filter(isOnThis)
    .map((attachment) => parseInputs(Attachment, attachment).policyArn);
  return {
    arn,
    name,
    uniqueId,
    maxSessionSeconds: inputs.maxSessionDuration ?? 3600,
    trust: readPolicy(resource, inputs.assumeRolePolicy, "trust"),
    identity: [
      ...(inputs.inlinePolicies ?? []).map(({ policy }) => readPolicy(resource, policy, "identity")),
      ...resourcesOf(recording, "aws:iam/rolePolicy:RolePolicy")
        .filter(isOnThis)
        .map((inline) => readPolicy(inline, inline.inputs.policy, "identity")),
      ...[...(inputs.managedPolicyArns ?? []), ...attached].map((policyArn) => managedPolicy(recording, policyArn)),
    ],
    boundary:
      inputs.permissionsBoundary === undefined ? undefined : managedPolicy(recording, inputs.permissionsBoundary),
  };
}

/** A managed policy of AWS's or of the program's own, by its ARN. */
function managedPolicy(recording: Recording, policyArn: string): PolicyDocument {
  if (isAwsManaged(policyArn)) return awsManagedPolicy(policyArn);
  const resource = resourcesOf(recording, "aws:iam/policy:Policy").find(({ outputs }) => outputs.arn === policyArn);
  if (!resource) throw new PolicyError(`The program attaches the policy ${policyArn} but does not declare it.`);
  return readPolicy(resource, resource.inputs.policy, "identity");
}

function readPolicy(resource: RecordedResource, source: unknown, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicy(source, kind);
  } catch (error) {
    if (error instanceof PolicyError) throw new PolicyError(`${resource.type} ${resource.name}: ${error.message}`);
    throw error;
  }
}

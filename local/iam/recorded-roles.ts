import { createHash } from "node:crypto";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { awsManagedPolicy, isAwsManaged } from "./managed-policies.ts";
import { type PolicyKind, parsePolicy } from "./parse-policy.ts";
import { PolicyError } from "./policy-error.ts";
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

/** Finds a role by its ARN; throws PolicyError, naming the resource, for a policy that it cannot read. */
export type FindRole = (roleArn: string) => RecordedRole | undefined;

/** Reads roles from a recording that may still grow: what was read is kept until another resource is declared. */
export function recordedRoles(recording: Recording): FindRole {
  let roles = new Map<string, RecordedRole>();
  let readAt = -1;
  return (roleArn) => {
    if (readAt !== recording.resources.length) {
      roles = new Map();
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
  const { inputs, outputs } = resource;
  const arn = asString(resource, "arn", outputs.arn);
  const name = asString(resource, "name", outputs.name ?? resource.id);
  const isThisRole = (attached: RecordedResource) => [name, arn, resource.id].some((id) => id === attached.inputs.role);
  const attachedArns = [
    ...asArray(resource, "managedPolicyArns", inputs.managedPolicyArns),
    ...resourcesOf(recording, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .filter(isThisRole)
      .map((attachment) => attachment.inputs.policyArn),
  ];
  const boundary = inputs.permissionsBoundary;
  return {
    arn,
    name,
    uniqueId: typeof outputs.uniqueId === "string" ? outputs.uniqueId : principalId("AROA", arn),
    maxSessionSeconds: typeof inputs.maxSessionDuration === "number" ? inputs.maxSessionDuration : 3600,
    trust: readPolicy(resource, inputs.assumeRolePolicy, "trust"),
    identity: [
      ...asArray(resource, "inlinePolicies", inputs.inlinePolicies).map((inline) => {
        return readPolicy(resource, isObject(inline) ? inline.policy : undefined, "identity");
      }),
      ...resourcesOf(recording, "aws:iam/rolePolicy:RolePolicy")
        .filter(isThisRole)
        .map((inline) => readPolicy(inline, inline.inputs.policy, "identity")),
      ...attachedArns.map((policyArn) => managedPolicy(recording, asString(resource, "policyArn", policyArn))),
    ],
    boundary:
      boundary === undefined
        ? undefined
        : managedPolicy(recording, asString(resource, "permissionsBoundary", boundary)),
  };
}

/** A customer's or an AWS managed policy, by its ARN. */
export function managedPolicy(recording: Recording, policyArn: string): PolicyDocument {
  if (isAwsManaged(policyArn)) return awsManagedPolicy(policyArn);
  const resource = resourcesOf(recording, "aws:iam/policy:Policy").find(({ outputs }) => outputs.arn === policyArn);
  if (!resource) throw new PolicyError(`The program attaches the policy ${policyArn} but does not declare it.`);
  return readPolicy(resource, resource.inputs.policy, "identity");
}

/** An id in IAM's form that is the same for the same ARN at every start. */
export function principalId(prefix: "AIDA" | "AROA", arn: string): string {
  const digest = createHash("sha256").update(arn).digest();
  return prefix + Array.from(digest.subarray(0, 17), (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
}

function readPolicy(resource: RecordedResource, source: unknown, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicy(source, kind);
  } catch (error) {
    if (error instanceof PolicyError) throw new PolicyError(`${resource.urn}: ${error.message}`);
    throw error;
  }
}

function asString(resource: RecordedResource, property: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new PolicyError(`${resource.urn}: ${property} needs a string, not ${JSON.stringify(value)}.`);
}

function asArray(resource: RecordedResource, property: string, value: unknown): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new PolicyError(`${resource.urn}: ${property} needs a list.`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

import { AwsError, notImplemented } from "../gateway/protocols.ts";
import type { Account } from "../iam/account.ts";
import { parsePolicy } from "../iam/parse-policy.ts";
import { PolicyError } from "../iam/policy-error.ts";
import type { RecordedRole } from "../iam/recorded-roles.ts";
import type { PolicyDocument } from "../iam/types.ts";
import type { AwsCall } from "../service.ts";

const shortestSeconds = 900;
const chainedSeconds = 3600;
const longestPolicy = 2048;
const supported = ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "ExternalId"];

/** Temporary credentials of a role whose trust policy lets the caller have them. */
export async function assumeRole(account: Account, parameters: URLSearchParams, call: AwsCall) {
  const unsupported = [...parameters.keys()].find((name) => !supported.includes(name));
  if (unsupported !== undefined) throw notImplemented("sts", `AssumeRole with ${unsupported}`);
  const roleArn = required(parameters, "RoleArn");
  const sessionName = required(parameters, "RoleSessionName");
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw invalid("RoleSessionName", sessionName, "must be 2 to 64 letters, digits or characters of _+=,.@-");
  }
  const sessionPolicies = readSessionPolicy(parameters.get("Policy"));
  const role = authorizeAssumption(account, roleArn, sessionName, parameters.get("ExternalId") ?? undefined, call);
  const seconds = readDuration(parameters.get("DurationSeconds"), role, call);
  const session = account.sessionFor(roleArn, { sessionName, sessionPolicies, seconds });
  if (session.principal.kind !== "role") throw new Error("a session is a role's");
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: session.expiresAt,
    },
    AssumedRoleUser: { Arn: session.principal.arn, AssumedRoleId: session.principal.userId },
  };
}

function authorizeAssumption(
  account: Account,
  roleArn: string,
  sessionName: string,
  externalId: string | undefined,
  { principal }: AwsCall,
): RecordedRole {
  const role = account.findRole(roleArn);
  const decision = account.authorize({
    principal,
    action: "sts:AssumeRole",
    resource: roleArn,
    context: { "sts:RoleSessionName": sessionName, "sts:ExternalId": externalId },
    resourcePolicy: role?.trust,
    resourcePolicyMustAllow: true,
  });
  if (role && decision.allowed) return role;
  // An absent role and a forbidden one look alike.
  const caller = "arn" in principal ? principal.arn : principal.kind;
  throw new AwsError(
    "AccessDenied",
    403,
    `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  );
}

function readDuration(text: string | null, role: RecordedRole, { principal }: AwsCall): number {
  const longest = principal.kind === "role" ? chainedSeconds : role.maxSessionSeconds;
  if (text === null) return Math.min(3600, longest);
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= shortestSeconds && seconds <= longest) return seconds;
  throw invalid("DurationSeconds", text, `must be ${shortestSeconds} to ${longest} for this role and caller`);
}

function readSessionPolicy(text: string | null): PolicyDocument[] {
  if (text === null) return [];
  if (text.length > longestPolicy) {
    throw new AwsError(
      "PackedPolicyTooLarge",
      400,
      `Policy has ${text.length} characters; ${longestPolicy} are allowed.`,
    );
  }
  try {
    return [parsePolicy(text, "identity")];
  } catch (error) {
    if (error instanceof PolicyError) throw new AwsError("MalformedPolicyDocument", 400, error.message);
    throw error;
  }
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value) return value;
  throw new AwsError("ValidationError", 400, `${name} must be given.`);
}

function invalid(name: string, value: string, rule: string): AwsError {
  return new AwsError("ValidationError", 400, `${name} ${JSON.stringify(value)} ${rule}.`);
}

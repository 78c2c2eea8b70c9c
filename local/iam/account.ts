import type { Recording } from "../program/recording.ts";
import { createAccessKeys, newKeyPair, newSessionToken } from "./access-keys.ts";
import { loadAdminKey } from "./admin-key.ts";
import { type CallerPolicies, evaluate } from "./evaluate.ts";
import { awsManagedPolicy } from "./managed-policies.ts";
import { principalId } from "./principal-id.ts";
import { type FindRole, recordedRoles } from "./recorded-roles.ts";
import type { Authorize, ConditionContext, CredentialLookup, Credentials, PolicyDocument, Principal } from "./types.ts";

export interface AccountOptions {
  readonly recording: Recording;
  /** Where the administrator's key is kept across restarts. */
  readonly dataDir: string;
  readonly now: () => Date;
}

export interface SessionOptions {
  readonly sessionName?: string;
  readonly sessionPolicies?: readonly PolicyDocument[];
  readonly sessionContext?: ConditionContext;
  /** 12 hours, the longest that IAM knows, when left out. */
  readonly seconds?: number;
}

/** IAM's part of one AWS account: who holds which key, and what they may do by the recorded program. */
export interface Account {
  readonly accountId: string;
  readonly authorize: Authorize;
  readonly credentials: CredentialLookup;
  readonly findRole: FindRole;
  /** May do all that an identity-based policy can allow; a resource's explicit deny still holds. */
  readonly admin: Credentials;
  /** Temporary credentials of a recorded role, without asking its trust policy; throws RoleNotFoundError. */
  sessionFor(roleArn: string, options?: SessionOptions): Credentials;
  /** Credentials of an AWS service that acts for a resource of this account, such as CloudFront for a distribution. */
  serviceCredentials(service: string, sourceArn: string): Credentials;
}

export class RoleNotFoundError extends Error {
  readonly code = "NoSuchEntity";

  constructor(roleArn: string) {
    super(`The program declares no role ${roleArn}.`);
    this.name = "RoleNotFoundError";
  }
}

const longestSessionSeconds = 12 * 60 * 60;
const administrator: CallerPolicies = {
  identity: [awsManagedPolicy("arn:aws:iam::aws:policy/AdministratorAccess")],
  session: [],
};

/** Opens the account that a recording is deployed to. */
export function createAccount({ recording, dataDir, now }: AccountOptions): Account {
  const { accountId } = recording;
  const findRole = recordedRoles(recording);
  const keys = createAccessKeys(now);
  const services = new Map<string, Credentials>();

  const adminArn = `arn:aws:iam::${accountId}:user/admin`;
  const admin: Credentials = {
    ...loadAdminKey(dataDir),
    principal: { kind: "admin", arn: adminArn, accountId, userId: principalId("AIDA", adminArn) },
  };
  keys.add(admin);

  function policiesOf(principal: Principal): CallerPolicies | undefined {
    if (principal.kind === "admin") return administrator;
    if (principal.kind !== "role") return undefined;
    const role = findRole(principal.roleArn);
    return role && { identity: role.identity, boundary: role.boundary, session: principal.sessionPolicies };
  }

  const authorize: Authorize = (request) => {
    const context = { ...environment(request.action, now(), recording), ...request.context };
    return evaluate({ ...request, context }, policiesOf(request.principal));
  };

  function sessionFor(roleArn: string, options: SessionOptions = {}): Credentials {
    const { sessionName = "latchkey", sessionPolicies = [], sessionContext, seconds = longestSessionSeconds } = options;
    const role = findRole(roleArn);
    if (!role) throw new RoleNotFoundError(roleArn);
    const credentials: Credentials = {
      ...newKeyPair("ASIA"),
      sessionToken: newSessionToken(),
      expiresAt: new Date(now().getTime() + seconds * 1000),
      principal: {
        kind: "role",
        roleArn,
        arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
        accountId,
        userId: `${role.uniqueId}:${sessionName}`,
        sessionPolicies,
        ...(sessionContext && { sessionContext }),
      },
    };
    keys.add(credentials);
    return credentials;
  }

  function serviceCredentials(service: string, sourceArn: string): Credentials {
    const id = `${service} ${sourceArn}`;
    const known = services.get(id);
    if (known) return known;
    const credentials: Credentials = {
      ...newKeyPair("AKIA"),
      principal: { kind: "service", service, sourceArn, accountId },
    };
    services.set(id, credentials);
    keys.add(credentials);
    return credentials;
  }

  return { accountId, authorize, credentials: keys.find, findRole, admin, sessionFor, serviceCredentials };
}

/** What holds for every request here. Loopback stands for TLS, so policies that insist on it see it. */
function environment(action: string, now: Date, recording: Recording): ConditionContext {
  return {
    "aws:SecureTransport": "true",
    ...(action.startsWith("s3:") && { "s3:TlsVersion": "1.3" }),
    "aws:CurrentTime": now.toISOString(),
    "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
    "aws:RequestedRegion": recording.region,
    "aws:ResourceAccount": recording.accountId,
  };
}

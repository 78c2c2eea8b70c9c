import type { ConditionContext, Credentials } from "../../iam/types.ts";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import type { IdentityPool } from "./identity-pools.ts";
import type { Login } from "./login.ts";

const federation = "cognito-identity.amazonaws.com";
/** What the enhanced flow gives, whatever the role would allow. */
const sessionSeconds = 3600;

/** A session of the pool's role, tagged with the login's claims, if the role's trust policy lets the pool have one. */
export function takeRole(identity: Identity, pool: IdentityPool, identityId: string, login: Login): Credentials {
  const { roleArn } = pool;
  const role = roleArn === undefined ? undefined : identity.roles.findRole(roleArn);
  if (roleArn === undefined || !role) throw misconfigured();
  const tags = tagsOf(pool, login);
  const web: ConditionContext = {
    [`${federation}:aud`]: pool.id,
    [`${federation}:sub`]: identityId,
    [`${federation}:amr`]: [
      "authenticated",
      login.providerName,
      `${login.providerName}:CognitoSignIn:${login.claims.sub}`,
    ],
  };
  const context = { ...web, ...prefixed("aws:RequestTag/", tags), "aws:TagKeys": Object.keys(tags) };
  const principal = { kind: "federated", provider: federation, userId: `${pool.id}:${identityId}` } as const;
  const actions = ["sts:AssumeRoleWithWebIdentity", ...(Object.keys(tags).length > 0 ? ["sts:TagSession"] : [])];
  for (const action of actions) {
    const request = { principal, action, resource: roleArn, context, resourcePolicy: role.trust };
    if (!identity.authorize({ ...request, resourcePolicyMustAllow: true }).allowed) throw misconfigured();
  }
  return identity.roles.sessionFor(roleArn, {
    sessionName: "CognitoIdentityCredentials",
    sessionContext: { ...web, ...prefixed("aws:PrincipalTag/", tags), "aws:FederatedProvider": federation },
    seconds: sessionSeconds,
  });
}

/** Claims that are no text make no tag. */
function tagsOf(pool: IdentityPool, { providerName, claims }: Login): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pool.tagsOf(providerName)).flatMap(([key, claim]) => {
      const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
      return typeof value === "string" ? [[key, value]] : [];
    }),
  );
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>>): ConditionContext {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));
}

function misconfigured(): CognitoError {
  return new CognitoError(
    "InvalidIdentityPoolConfigurationException",
    "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
  );
}

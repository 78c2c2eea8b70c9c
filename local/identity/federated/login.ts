import { createHash } from "node:crypto";
import { notImplemented } from "../../gateway/protocols.ts";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import type { IdClaims } from "../tokens.ts";
import type { IdentityPool, LoginProvider } from "./identity-pools.ts";

/** Provider names, and a token of each. */
export type Logins = Readonly<Record<string, string>> | undefined;

/** A user whom a user pool vouches for, by an ID token that has been verified. */
export interface Login {
  readonly providerName: string;
  readonly claims: IdClaims;
}

/** Throws NotAuthorizedException unless there is a token, and its user pool's signature and times hold. */
export async function verifyLogin(identity: Identity, logins: Logins): Promise<Login> {
  const [login, ...more] = Object.entries(logins ?? {});
  if (!login) throw notAuthorized("Unauthenticated access is not supported for this identity pool.");
  if (more.length > 0) throw notImplemented("cognito-identity", "one identity with several logins");
  const [providerName, token] = login;
  const [, poolId] = /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([\w-]+)$/.exec(providerName) ?? [];
  if (poolId === undefined) throw unsupported();
  return { providerName, claims: await identity.tokens.verifyId(poolId, token) };
}

/** The provider of the pool that the login is of; throws NotAuthorizedException when the pool takes none such. */
export function providerOf(identity: Identity, pool: IdentityPool, { providerName, claims }: Login): LoginProvider {
  const provider = pool.providers.find((it) => it.providerName === providerName && it.clientId === claims.aud);
  if (!provider) throw unsupported();
  if (provider.serverSideTokenCheck && !identity.tokens.isLive(claims.origin_jti)) {
    throw notAuthorized("Invalid login token. Token has been revoked.");
  }
  return provider;
}

/**
 * The identity pool's own name of a user: the same at every sign-in, and another in every pool. Derived, so that nothing
 * need be kept; what proves the user is the token, and never this.
 */
export function identityIdOf(pool: IdentityPool, { providerName, claims }: Login): string {
  const [region] = pool.id.split(":", 1);
  const hex = createHash("sha256")
    .update(JSON.stringify([pool.id, providerName, claims.sub]))
    .digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `${region}:${uuid.join("-")}`;
}

export function notAuthorized(message: string): CognitoError {
  return new CognitoError("NotAuthorizedException", message);
}

function unsupported(): CognitoError {
  return notAuthorized("Token is not from a supported provider of this identity pool.");
}

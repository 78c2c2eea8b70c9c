import { createHash, randomBytes, randomUUID } from "node:crypto";
import { decodeJwt, errors, exportJWK, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Recording } from "../program/recording.ts";
import { visibleAttributes } from "./attributes.ts";
import { CognitoError } from "./errors.ts";
import { type AppClient, findClient, userPools } from "./pools.ts";
import { createSigningKeys } from "./signing-keys.ts";
import type { IdentityStore, Session, User } from "./store.ts";

/** The scope of tokens from the API; those alone may call it. */
export const apiScope = "aws.cognito.signin.user.admin";

export interface TokenSet {
  readonly accessToken: string;
  readonly idToken: string;
  /** The access token's life in seconds. */
  readonly expiresIn: number;
}

export interface TokenIssuer {
  issuer(poolId: string): string;
  jwks(poolId: string): Promise<JSONWebKeySet>;
  /** Opens a session; the refresh token is kept as a hash only. */
  begin(
    client: AppClient,
    user: User,
    grant: { scopes: readonly string[]; nonce?: string | undefined },
  ): Promise<TokenSet & { refreshToken: string; session: Session }>;
  /** Throws NotAuthorizedException for a refresh token that is another client's, revoked, expired or none at all. */
  refresh(client: AppClient, refreshToken: string): Promise<TokenSet & { session: Session; user: User }>;
  /** Throws NotAuthorizedException unless the token is an access token of a live session that holds the scope. */
  verifyAccess(accessToken: string, scope: string): Promise<{ user: User; client: AppClient; session: Session }>;
  /** Throws NotAuthorizedException unless the token is an ID token of the pool's, and of this hour. */
  verifyId(poolId: string, idToken: string): Promise<IdClaims>;
  /** Whether a token's session goes on, by its `origin_jti`: not revoked, nor its user gone or signed out everywhere. */
  isLive(sessionId: string): boolean;
  /** Ends the session of a refresh token; one that is no longer known is as good as revoked. */
  revoke(client: AppClient, refreshToken: string): void;
}

const AccessClaims = Type.Object({
  iss: Type.String(),
  client_id: Type.String(),
  origin_jti: Type.String(),
  token_use: Type.Literal("access"),
  scope: Type.String(),
});

const IdClaims = Type.Object({
  sub: Type.String(),
  aud: Type.String(),
  origin_jti: Type.String(),
  token_use: Type.Literal("id"),
});
/** What an ID token says, its own claims and the user's. */
export type IdClaims = Static<typeof IdClaims> & JWTPayload;

export function createTokenIssuer(identity: {
  recording: Recording;
  store: IdentityStore;
  now: () => Date;
  /** The address of the identity service, known once it listens. */
  origin: () => string;
}): TokenIssuer {
  const { recording, store, now } = identity;
  const keyOf = createSigningKeys(store);
  const issuer = (poolId: string) => `${identity.origin()}/${poolId}`;

  function sign(poolId: string, claims: JWTPayload, seconds: number): Promise<string> {
    const { kid, privateKey } = keyOf(poolId);
    const issuedAt = Math.floor(now().getTime() / 1000);
    return new SignJWT({ ...claims, iss: issuer(poolId), iat: issuedAt, exp: issuedAt + seconds, jti: randomUUID() })
      .setProtectedHeader({ alg: "RS256", kid })
      .sign(privateKey);
  }

  async function mint(client: AppClient, user: User, session: Session, nonce?: string): Promise<TokenSet> {
    const common = {
      sub: user.sub,
      ...(user.groups.length > 0 && { "cognito:groups": user.groups }),
      origin_jti: session.id,
      auth_time: Math.floor(session.startedAt / 1000),
    };
    const accessToken = await sign(
      user.poolId,
      {
        ...common,
        token_use: "access",
        client_id: client.id,
        scope: session.scopes.join(" "),
        username: user.username,
      },
      client.validity.access,
    );
    const claims = Object.entries(visibleAttributes(client, session.scopes, user.attributes));
    const idToken = await sign(
      user.poolId,
      {
        ...Object.fromEntries(
          claims.map(([name, value]) => [name, name.endsWith("_verified") ? value === "true" : value]),
        ),
        ...common,
        token_use: "id",
        aud: client.id,
        "cognito:username": user.username,
        at_hash: createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url"),
        ...(nonce !== undefined && { nonce }),
      },
      client.validity.id,
    );
    return { accessToken, idToken, expiresIn: client.validity.access };
  }

  /** A session whose user still exists and has not signed out everywhere since. */
  function userOf(session: Session): User | undefined {
    const user = store.findUser(session.poolId, session.username);
    const over = session.revoked || session.startedAt <= (user?.signedOutAt ?? 0);
    return over ? undefined : user;
  }

  return {
    issuer,

    async jwks(poolId) {
      const { kid, publicKey } = keyOf(poolId);
      return { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" }] };
    },

    async begin(client, user, { scopes, nonce }) {
      const startedAt = now().getTime();
      const session: Session = {
        id: randomUUID(),
        poolId: user.poolId,
        username: user.username,
        clientId: client.id,
        scopes: [...scopes],
        startedAt,
        expiresAt: startedAt + client.validity.refresh * 1000,
        revoked: false,
      };
      const refreshToken = randomBytes(48).toString("base64url");
      store.putSession(session, hashOf(refreshToken));
      return { ...(await mint(client, user, session, nonce)), refreshToken, session };
    },

    async refresh(client, refreshToken) {
      const session = store.findSessionByRefreshToken(hashOf(refreshToken));
      if (session?.clientId !== client.id) throw notAuthorized("Invalid Refresh Token");
      if (session.expiresAt <= now().getTime()) throw notAuthorized("Refresh Token has expired");
      const user = userOf(session);
      if (!user) throw notAuthorized("Refresh Token has been revoked");
      return { ...(await mint(client, user, session)), session, user };
    },

    async verifyAccess(accessToken, scope) {
      const { client_id, origin_jti, scope: granted } = await readAccessToken(accessToken);
      const client = findClient(recording, client_id);
      const session = store.findSession(origin_jti);
      if (!client || !session) throw notAuthorized("Invalid Access Token");
      const user = userOf(session);
      if (!user) throw notAuthorized("Access Token has been revoked");
      if (!granted.split(" ").includes(scope)) throw notAuthorized("Access Token does not have required scopes");
      return { user, client, session };
    },

    async verifyId(poolId, idToken) {
      const known = userPools(recording).some(({ id }) => id === poolId);
      const payload = known
        ? await verify(poolId, idToken).catch((error: unknown) => {
            const why = error instanceof errors.JWTExpired ? "Token expired" : "Token signature invalid";
            throw notAuthorized(`Invalid login token. ${why}.`);
          })
        : undefined;
      if (Value.Check(IdClaims, payload)) return payload;
      throw notAuthorized("Invalid login token. Not a valid OpenId Connect identity token.");
    },

    isLive(sessionId) {
      const session = store.findSession(sessionId);
      return session !== undefined && userOf(session) !== undefined;
    },

    revoke(client, refreshToken) {
      const session = store.findSessionByRefreshToken(hashOf(refreshToken));
      if (session?.clientId === client.id) store.revokeSession(session.id);
    },
  };

  async function verify(poolId: string, token: string): Promise<JWTPayload> {
    const { publicKey } = keyOf(poolId);
    const expected = { algorithms: ["RS256"], issuer: issuer(poolId), currentDate: now() };
    return (await jwtVerify(token, publicKey, expected)).payload;
  }

  async function readAccessToken(token: string) {
    try {
      // The unproven `iss` only chooses whose key must have signed it.
      const claimed = decodeJwt(token).iss;
      const pool = userPools(recording).find(({ id }) => issuer(id) === claimed);
      if (!pool) throw notAuthorized("Invalid Access Token");
      const payload = await verify(pool.id, token);
      if (Value.Check(AccessClaims, payload)) return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw notAuthorized("Access Token has expired");
    }
    throw notAuthorized("Invalid Access Token");
  }
}

/** Access and ID tokens are; refresh tokens are opaque. */
export function looksLikeJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}

function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("base64url");
}

function notAuthorized(message: string): CognitoError {
  return new CognitoError("NotAuthorizedException", message);
}

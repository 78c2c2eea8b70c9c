import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { DependencyUnavailableError, UnauthenticatedError } from "../domain/errors.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Viewer } from "../domain/ports/sign-in.ts";
import { userIdPattern } from "../domain/user.ts";
import { createIssuerKeys } from "./issuer-keys.ts";

export interface VerifiedToken {
  readonly viewer: Viewer;
  readonly expiresAt: Date;
}

export interface JwtVerifierOptions {
  /** The OIDC issuer, to the letter as its tokens name it. */
  readonly issuer: string;
  /** The Cognito app client, or the audience where the issuer is another. */
  readonly clientId: string;
  readonly now?: Clock;
}

/** Asymmetric only: an issuer's public key must never pass as the secret of an HMAC. */
const algorithms = ["RS256", "PS256", "ES256", "EdDSA"];
const clockToleranceSeconds = 5;
/** Cognito's access tokens are about 1 kB, and grow with the viewer's groups. */
const longestToken = 8_192;

/** Verifies access tokens against the keys that their issuer publishes. Rejects as TokenVerifier says. */
export function createJwtVerifier({ issuer, clientId, now = () => new Date() }: JwtVerifierOptions) {
  const publicKey = blamingTheIssuer(createIssuerKeys(issuer, now));

  return async (token: string): Promise<VerifiedToken> => {
    if (token.length > longestToken) throw new UnauthenticatedError("the token is too long");
    const { payload } = await jwtVerify(token, publicKey, {
      issuer,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      currentDate: now(),
      requiredClaims: ["sub", "exp"],
    }).catch((error: unknown) => {
      if (error instanceof DependencyUnavailableError) throw error;
      throw new UnauthenticatedError(error instanceof errors.JOSEError ? error.code : "the token can't be verified");
    });
    if (!isMeantFor(clientId, payload)) throw new UnauthenticatedError("the token is meant for another use or client");
    return { viewer: viewerOf(payload), expiresAt: new Date((payload.exp ?? 0) * 1000) };
  };
}

/** Cognito's access tokens have no `aud` but name their client; its id tokens have one, and open nothing here. */
function isMeantFor(clientId: string, { token_use, client_id, aud }: JWTPayload): boolean {
  if (token_use !== undefined) return token_use === "access" && client_id === clientId;
  return [aud].flat().includes(clientId);
}

function viewerOf({ sub, ...claims }: JWTPayload): Viewer {
  if (typeof sub !== "string" || !userIdPattern.test(sub)) {
    throw new UnauthenticatedError("the subject can't be part of a key");
  }
  const groups = claims["cognito:groups"] ?? claims.groups;
  return { userId: sub, groups: Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [] };
}

/** What goes wrong here says nothing about the token, unless the issuer does answer and has no such key. */
function blamingTheIssuer(find: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new DependencyUnavailableError("identity-provider", { cause });
    }
  };
}

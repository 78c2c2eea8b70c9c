import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Authorizer } from "./declared-http-api.ts";

/** The claims of a token, or the challenge that a 401 comes with. */
export type Verdict = { readonly claims: JWTPayload } | { readonly challenge: string };

/** Judges tokens as an HTTP API's JWT authorizer does: signature, issuer, times, and the audience, by `client_id` where there is no `aud`. */
export function createTokenAuthorizer({ issuer, audiences }: Authorizer) {
  let keys: JWTVerifyGetKey | undefined;

  return async (authorization: string | undefined): Promise<Verdict> => {
    if (authorization === undefined) return { challenge: "Bearer" };
    try {
      // The program runs before its user pool answers: what is discovered is discovered at first use.
      keys ??= await discover(issuer);
      const token = authorization.replace(/^Bearer /i, "");
      const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["RS256", "RS384", "RS512"] });
      const meantFor = [payload.aud ?? payload.client_id].flat();
      if (!meantFor.some((audience) => audiences.includes(String(audience)))) return invalid("invalid audience");
      return { claims: payload };
    } catch (error) {
      return invalid(error instanceof Error && "code" in error ? String(error.code) : "the token can't be verified");
    }
  };
}

function invalid(description: string): Verdict {
  return { challenge: `Bearer scope="" error="invalid_token" error_description="${description}"` };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  const metadata: unknown = await response.json();
  const address: unknown = metadata instanceof Object ? Reflect.get(metadata, "jwks_uri") : undefined;
  return createRemoteJWKSet(new URL(String(address)));
}

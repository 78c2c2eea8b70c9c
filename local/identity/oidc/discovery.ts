import { type HttpReply, jsonReply } from "../http.ts";
import type { Identity } from "../identity.ts";

/** For anybody, from anywhere, as long as Cognito lets them be kept. */
const everywhere = { "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" };

export async function openidConfiguration(identity: Identity, poolId: string): Promise<HttpReply> {
  const issuer = identity.tokens.issuer(poolId);
  return jsonReply(
    200,
    {
      issuer,
      authorization_endpoint: `${issuer}/oauth2/authorize`,
      token_endpoint: `${issuer}/oauth2/token`,
      userinfo_endpoint: `${issuer}/oauth2/userInfo`,
      revocation_endpoint: `${issuer}/oauth2/revoke`,
      end_session_endpoint: `${issuer}/logout`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      code_challenge_methods_supported: ["S256"],
      scopes_supported: ["openid", "email", "phone", "profile"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    },
    everywhere,
  );
}

export async function jsonWebKeys(identity: Identity, poolId: string): Promise<HttpReply> {
  return jsonReply(200, await identity.tokens.jwks(poolId), everywhere);
}

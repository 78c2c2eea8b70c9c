import { createHash } from "node:crypto";
import { sameSecret } from "../../sigv4/signing-key.ts";
import { CognitoError } from "../errors.ts";
import { type HttpReply, type HttpRequest, jsonReply } from "../http.ts";
import type { Authorization, Identity } from "../identity.ts";
import type { AppClient } from "../pools.ts";
import { apiScope, type TokenSet } from "../tokens.ts";
import { authenticateClient } from "./client-authentication.ts";
import { readForm } from "./form.ts";
import { OAuthError, requireSingle, single } from "./oauth-error.ts";

type Grant = (identity: Identity, client: AppClient, form: URLSearchParams) => Promise<HttpReply>;

const grants: Readonly<Record<string, Grant>> = {
  async authorization_code(identity, client, form) {
    const authorization = spendCode(identity, client, form);
    const user = identity.store.findUser(authorization.poolId, authorization.username);
    if (!user) throw new OAuthError("invalid_grant", "The user is gone.");
    const { scopes, nonce } = authorization;
    const tokens = await identity.tokens.begin(client, user, { scopes, nonce });
    authorization.sessionId = tokens.session.id;
    return tokenReply(tokens, scopes, tokens.refreshToken);
  },

  async refresh_token(identity, client, form) {
    try {
      const tokens = await identity.tokens.refresh(client, requireSingle(form, "refresh_token"));
      return tokenReply(tokens, tokens.session.scopes);
    } catch (error) {
      throw error instanceof CognitoError ? new OAuthError("invalid_grant", error.message) : error;
    }
  },
};

/** Trades a code or a refresh token for tokens. */
export async function token(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const form = readForm(request);
  const client = authenticateClient(identity, poolId, request, form);
  const name = requireSingle(form, "grant_type");
  const grant = Object.hasOwn(grants, name) ? grants[name] : undefined;
  if (!grant) throw new OAuthError("unsupported_grant_type", "The grant must be authorization_code or refresh_token.");
  return grant(identity, client, form);
}

function spendCode(identity: Identity, client: AppClient, form: URLSearchParams): Authorization {
  const authorization = identity.authorizations.peek(requireSingle(form, "code"));
  const redirectUri = requireSingle(form, "redirect_uri");
  const verifier = single(form, "code_verifier");
  if (!authorization) throw new OAuthError("invalid_grant", "The code is unknown or expired.");
  if (authorization.used) {
    if (authorization.sessionId) identity.store.revokeSession(authorization.sessionId);
    throw new OAuthError("invalid_grant", "The code has been used.");
  }
  // Right or wrong, and before anything is awaited: two requests must not share a code, nor guess at its verifier.
  authorization.used = true;
  if (authorization.clientId !== client.id || authorization.redirectUri !== redirectUri) {
    throw new OAuthError("invalid_grant", "The code was issued to another client_id or redirect_uri.");
  }
  if (!provesChallenge(authorization.codeChallenge, verifier)) {
    throw new OAuthError("invalid_grant", "The code_verifier does not fit the code_challenge.");
  }
  return authorization;
}

/** A verifier for a code that was asked for without a challenge is refused too: the challenge may have been stripped. */
function provesChallenge(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  const isVerifier = /^[\w.~-]{43,128}$/.test(verifier);
  return isVerifier && sameSecret(challenge, createHash("sha256").update(verifier).digest("base64url"));
}

/** Without the scope `openid` there is no ID token; tokens of the API may be refreshed here as well. */
function tokenReply(
  { accessToken, idToken, expiresIn }: TokenSet,
  scopes: readonly string[],
  refreshToken?: string,
): HttpReply {
  const isIdentified = scopes.includes("openid") || scopes.includes(apiScope);
  return jsonReply(200, {
    ...(isIdentified && { id_token: idToken }),
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: expiresIn,
    token_type: "Bearer",
  });
}

import { type HttpReply, type HttpRequest, uncached } from "../http.ts";
import type { Identity } from "../identity.ts";
import { allowsRevocation } from "../pools.ts";
import { looksLikeJwt } from "../tokens.ts";
import { authenticateClient } from "./client-authentication.ts";
import { readForm } from "./form.ts";
import { OAuthError, requireSingle } from "./oauth-error.ts";

/** Ends the session of a refresh token, as RFC 7009 says: one that is not known is as good as revoked. */
export async function revoke(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const form = readForm(request);
  const client = authenticateClient(identity, poolId, request, form);
  const refreshToken = requireSingle(form, "token");
  if (!allowsRevocation(client)) {
    throw new OAuthError("invalid_request", "Revocation is not enabled for this client.");
  }
  if (looksLikeJwt(refreshToken)) throw new OAuthError("unsupported_token_type", "Only refresh tokens can be revoked.");
  identity.tokens.revoke(client, refreshToken);
  return { status: 200, headers: uncached, body: "" };
}

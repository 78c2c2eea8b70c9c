import { type HttpReply, type HttpRequest, redirect } from "../http.ts";
import type { Identity } from "../identity.ts";
import { findClient } from "../pools.ts";
import { forgetBrowser } from "./browser-session.ts";
import { OAuthError, requireSingle } from "./oauth-error.ts";

/** Forgets the browser's user and goes to one of the app's logout URLs. The app's own tokens live on: it revokes them. */
export async function logout(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const client = findClient(identity.recording, requireSingle(request.query, "client_id"));
  if (client?.declared.userPoolId !== poolId) {
    throw new OAuthError("invalid_client", "No app client of this user pool has that client_id.");
  }
  const target = requireSingle(request.query, "logout_uri");
  if (!client.declared.logoutUrls?.includes(target)) {
    throw new OAuthError(
      "invalid_request",
      "The logout_uri is not one of the app client's logout URLs, to the letter.",
    );
  }
  return redirect(target, forgetBrowser(identity, poolId, request));
}

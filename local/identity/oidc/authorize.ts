import { type HttpReply, type HttpRequest, redirect } from "../http.ts";
import type { Identity } from "../identity.ts";
import type { User } from "../store.ts";
import {
  type AuthorizationRequest,
  callback,
  RedirectableError,
  readAuthorizationRequest,
} from "./authorization-request.ts";
import { browserUser } from "./browser-session.ts";
import { OAuthError } from "./oauth-error.ts";

const codeSeconds = 300;

/** Sends a browser that is signed in straight back with a code, and any other to the login page. */
export async function authorize(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const asked = readAuthorizationRequest(identity, poolId, request.query);
  const known = browserUser(identity, asked.pool, request);
  const age = known ? (identity.now().getTime() - known.startedAt) / 1000 : Number.POSITIVE_INFINITY;
  if (known && asked.prompt !== "login" && age <= (asked.maxAge ?? age)) {
    return redirect(codeCallback(identity, asked, known.user));
  }
  if (asked.prompt === "none") {
    const error = new OAuthError("login_required", "The user is not signed in.");
    throw new RedirectableError(error, asked.redirectUri, asked.state);
  }
  return redirect(`/${asked.pool.id}/login?${request.query}`);
}

/** The app's address with a code that is good once, for five minutes. */
export function codeCallback(identity: Identity, asked: AuthorizationRequest, user: User): string {
  const { pool, client, redirectUri, state, scopes, nonce, codeChallenge } = asked;
  const code = identity.authorizations.issue(
    {
      poolId: pool.id,
      clientId: client.id,
      username: user.username,
      redirectUri,
      scopes,
      nonce,
      codeChallenge,
      used: false,
      sessionId: undefined,
    },
    codeSeconds,
  );
  return callback(redirectUri, { code, state });
}

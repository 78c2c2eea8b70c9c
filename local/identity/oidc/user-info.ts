import { visibleAttributes } from "../attributes.ts";
import { CognitoError } from "../errors.ts";
import { type HttpReply, type HttpRequest, jsonReply } from "../http.ts";
import type { Identity } from "../identity.ts";
import { OAuthError } from "./oauth-error.ts";

/** The claims of the user whose access token, with the scope `openid`, stands in the Authorization header. */
export async function userInfo(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const [, accessToken] = /^Bearer ([\w.-]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (accessToken === undefined) throw new OAuthError("invalid_token", "An access token is required.");
  try {
    const { user, client, session } = await identity.tokens.verifyAccess(accessToken, "openid");
    if (user.poolId !== poolId) throw new OAuthError("invalid_token", "The token is another user pool's.");
    const claims = visibleAttributes(client, session.scopes, user.attributes);
    // Cognito writes `email_verified` as a string here, and as a boolean in the ID token.
    return jsonReply(200, { sub: user.sub, ...claims, username: user.username });
  } catch (error) {
    throw error instanceof CognitoError ? new OAuthError("invalid_token", error.message) : error;
  }
}

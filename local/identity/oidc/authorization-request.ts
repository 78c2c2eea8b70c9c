import type { Identity } from "../identity.ts";
import { type AppClient, findClient, findPool, type UserPool } from "../pools.ts";
import { OAuthError, requireSingle, single } from "./oauth-error.ts";

/** What an app asks of the hosted UI, once it is known to be allowed. */
export interface AuthorizationRequest {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
  readonly prompt: "login" | "none" | undefined;
  /** Seconds since the user last typed a password. */
  readonly maxAge: number | undefined;
}

/** The app is known and so is where to tell it: the browser carries the error there. */
export class RedirectableError extends Error {
  readonly location: string;

  constructor({ code, message }: OAuthError, redirectUri: string, state: string | undefined) {
    super(message);
    this.location = callback(redirectUri, { error: code, error_description: message, state });
  }
}

/** Adds parameters to a redirect URI, which stays as it was registered. */
export function callback(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${new URLSearchParams(given)}`;
}

/**
 * Checks a request to sign in. Throws OAuthError while it is unsure who asks, which only the user may see: a redirect to
 * an unproved address would hand codes and users to whoever wrote the link. Throws RedirectableError after that.
 */
export function readAuthorizationRequest(
  identity: Identity,
  poolId: string,
  query: URLSearchParams,
): AuthorizationRequest {
  const pool = findPool(identity.recording, poolId);
  const client = findClient(identity.recording, requireSingle(query, "client_id"));
  if (!pool || client?.declared.userPoolId !== pool.id) {
    throw new OAuthError("invalid_client", "No app client of this user pool has that client_id.");
  }
  const redirectUri = requireSingle(query, "redirect_uri");
  if (!client.declared.callbackUrls?.includes(redirectUri)) {
    throw new OAuthError(
      "invalid_request",
      "The redirect_uri is not one of the app client's callback URLs, to the letter.",
    );
  }
  let state: string | undefined;
  try {
    state = single(query, "state");
    checkUsable(client, query);
    return {
      pool,
      client,
      redirectUri,
      state,
      nonce: single(query, "nonce"),
      scopes: readScopes(client, query),
      codeChallenge: readCodeChallenge(client, query),
      prompt: readPrompt(query),
      maxAge: readMaxAge(query),
    };
  } catch (error) {
    throw error instanceof OAuthError ? new RedirectableError(error, redirectUri, state) : error;
  }
}

function checkUsable({ declared }: AppClient, query: URLSearchParams): void {
  if (query.has("request") || query.has("request_uri")) {
    throw new OAuthError("request_not_supported", "Parameters must stand in the query.");
  }
  if (requireSingle(query, "response_type") !== "code") {
    throw new OAuthError("unsupported_response_type", "Only the code flow is supported.");
  }
  if (!declared.allowedOauthFlowsUserPoolClient || !declared.allowedOauthFlows?.includes("code")) {
    throw new OAuthError("unauthorized_client", "The app client is not declared with the code flow.");
  }
  if (!declared.supportedIdentityProviders?.includes("COGNITO")) {
    throw new OAuthError("unauthorized_client", "The app client is not declared with the provider COGNITO.");
  }
  const provider = single(query, "identity_provider") ?? "COGNITO";
  if (provider !== "COGNITO" || query.has("idp_identifier")) {
    throw new OAuthError("invalid_request", "The local Cognito does not implement sign-in through other providers.");
  }
  if ((single(query, "response_mode") ?? "query") !== "query") {
    throw new OAuthError("invalid_request", "Only response_mode=query is supported.");
  }
}

function readScopes({ declared }: AppClient, query: URLSearchParams): string[] {
  const allowed = declared.allowedOauthScopes ?? [];
  const asked = new Set((single(query, "scope") ?? "").split(" ").filter((scope) => scope !== ""));
  const refused = [...asked].find((scope) => !allowed.includes(scope));
  if (refused !== undefined)
    throw new OAuthError("invalid_scope", "The app client is not declared with each of these scopes.");
  return asked.size > 0 ? [...asked] : [...allowed];
}

/** A public client has no secret, so only PKCE ties the code to whoever asked for it. Cognito leaves that to the app. */
function readCodeChallenge(client: AppClient, query: URLSearchParams): string | undefined {
  const challenge = single(query, "code_challenge");
  const method = single(query, "code_challenge_method");
  if (challenge === undefined && method === undefined && client.secret !== undefined) return undefined;
  if (method !== "S256" || challenge === undefined || !/^[\w-]{43}$/.test(challenge)) {
    throw new OAuthError("invalid_request", "A code_challenge with code_challenge_method=S256 is required.");
  }
  return challenge;
}

function readPrompt(query: URLSearchParams): "login" | "none" | undefined {
  const prompt = single(query, "prompt");
  if (prompt === undefined || prompt === "login" || prompt === "none") return prompt;
  throw new OAuthError("invalid_request", "prompt must be login or none.");
}

function readMaxAge(query: URLSearchParams): number | undefined {
  const seconds = single(query, "max_age");
  if (seconds === undefined) return undefined;
  if (/^\d{1,9}$/.test(seconds)) return Number(seconds);
  throw new OAuthError("invalid_request", "max_age must be a whole number of seconds.");
}

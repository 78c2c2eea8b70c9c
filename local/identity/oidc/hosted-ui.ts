import { type HttpReply, type HttpRequest, jsonReply, redirect } from "../http.ts";
import type { Identity } from "../identity.ts";
import { findPool } from "../pools.ts";
import { RedirectableError } from "./authorization-request.ts";
import { authorize } from "./authorize.ts";
import { corsHeaders, preflightReply } from "./cors.ts";
import { jsonWebKeys, openidConfiguration } from "./discovery.ts";
import { showLogin, submitLogin } from "./login.ts";
import { logout } from "./logout.ts";
import { OAuthError } from "./oauth-error.ts";
import { errorPage, pageReply } from "./pages.ts";
import { revoke } from "./revoke.ts";
import { token } from "./token.ts";
import { userInfo } from "./user-info.ts";

type Endpoint = (identity: Identity, poolId: string, request: HttpRequest) => Promise<HttpReply>;

/** What browsers open. */
const pages: Readonly<Record<string, Endpoint>> = {
  "GET /oauth2/authorize": authorize,
  "GET /login": showLogin,
  "POST /login": submitLogin,
  "GET /logout": logout,
};

/** What apps call, also from scripts of their own origin. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  "POST /oauth2/token": token,
  "POST /oauth2/revoke": revoke,
  "GET /oauth2/userInfo": userInfo,
  "POST /oauth2/userInfo": userInfo,
};

/** What is there without a domain, too. */
const documents: Readonly<Record<string, Endpoint>> = {
  "GET /.well-known/openid-configuration": openidConfiguration,
  "GET /.well-known/jwks.json": jsonWebKeys,
};

/** A user pool as an OpenID provider, under `/{userPoolId}`: its documents and, where a domain is declared, the hosted UI. */
export async function hostedUi(identity: Identity, request: HttpRequest): Promise<HttpReply> {
  const [, poolId = "", path = ""] = /^\/([\w-]+)(\/.*)$/.exec(request.path) ?? [];
  const pool = findPool(identity.recording, poolId);
  if (!pool) return jsonReply(404, { error: "There is no user pool at this address." });
  const name = `${request.method} ${path}`;
  const document = find(documents, name);
  if (document) return document(identity, poolId, request);
  if (pool.domain === undefined) {
    return jsonReply(404, { error: "This user pool is declared without a UserPoolDomain, so it has no hosted UI." });
  }
  const page = find(pages, name);
  if (page) return page(identity, poolId, request).catch(pageError);
  const allowed = corsHeaders(identity, poolId, request);
  if (request.method === "OPTIONS") return preflightReply(allowed);
  const endpoint = find(endpoints, name);
  if (!endpoint) return jsonReply(404, { error: `The local Cognito has no ${name}.` });
  const reply = await endpoint(identity, poolId, request).catch(endpointError);
  return { ...reply, headers: { ...reply.headers, ...allowed } };
}

function find(table: Readonly<Record<string, Endpoint>>, name: string): Endpoint | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function pageError(error: unknown): HttpReply {
  if (error instanceof RedirectableError) return redirect(error.location);
  if (error instanceof OAuthError) return pageReply(400, errorPage(error.message));
  throw error;
}

function endpointError(error: unknown): HttpReply {
  if (!(error instanceof OAuthError)) throw error;
  const { code, message } = error;
  const reply = jsonReply(code === "invalid_token" ? 401 : 400, { error: code, error_description: message });
  if (code !== "invalid_token") return reply;
  return { ...reply, headers: { ...reply.headers, "www-authenticate": `Bearer error="${code}"` } };
}

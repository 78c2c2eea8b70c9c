import { randomBytes } from "node:crypto";
import { AwsError } from "../../gateway/protocols.ts";
import { sameSecret } from "../../sigv4/signing-key.ts";
import { cookieOf, type HttpReply, type HttpRequest, redirect } from "../http.ts";
import type { Identity } from "../identity.ts";
import type { User } from "../store.ts";
import { demandNewPassword, replaceTemporaryPassword } from "../temporary-password.ts";
import { type AuthorizationRequest, readAuthorizationRequest } from "./authorization-request.ts";
import { codeCallback } from "./authorize.ts";
import { cookie, rememberBrowser } from "./browser-session.ts";
import { readForm } from "./form.ts";
import { OAuthError, requireSingle, single } from "./oauth-error.ts";
import { type FormState, loginPage, newPasswordPage, pageReply } from "./pages.ts";

const csrfCookie = "XSRF-TOKEN";

export async function showLogin(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const asked = readAuthorizationRequest(identity, poolId, request.query);
  const csrf = csrfOf(request) ?? randomBytes(32).toString("base64url");
  const form = formState(asked, request, csrf);
  const username = single(request.query, "login_hint");
  return pageReply(200, loginPage(form, { username }), form, { "set-cookie": cookie(poolId, csrfCookie, csrf, 3600) });
}

/** Takes a password, or the new one in place of a temporary one, and sends the browser back to the app. */
export async function submitLogin(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const asked = readAuthorizationRequest(identity, poolId, request.query);
  const fields = readForm(request);
  const csrf = checkOwnForm(request, fields);
  const form = formState(asked, request, csrf);
  const session = single(fields, "session");
  return session === undefined
    ? signIn(identity, asked, form, single(fields, "username") ?? "", single(fields, "password") ?? "")
    : chooseNewPassword(identity, asked, form, session, single(fields, "new_password") ?? "");
}

async function signIn(
  identity: Identity,
  asked: AuthorizationRequest,
  form: FormState,
  username: string,
  password: string,
): Promise<HttpReply> {
  const { pool, client } = asked;
  try {
    const user = await identity.authenticator.byPassword(pool, client, username, password);
    if (user.status === "CONFIRMED") return finish(identity, asked, user);
    const session = demandNewPassword(identity, client, user);
    return pageReply(200, newPasswordPage(form, session), form);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return pageReply(error.status, loginPage(form, { error: error.message, username }), form);
  }
}

async function chooseNewPassword(
  identity: Identity,
  asked: AuthorizationRequest,
  form: FormState,
  session: string,
  password: string,
): Promise<HttpReply> {
  try {
    const user = await replaceTemporaryPassword(identity, asked.pool, asked.client, session, password);
    if (user) return finish(identity, asked, user);
    return pageReply(400, loginPage(form, { error: "That took too long. Sign in again." }), form);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return pageReply(error.status, newPasswordPage(form, session, error.message), form);
  }
}

function finish(identity: Identity, asked: AuthorizationRequest, user: User): HttpReply {
  return redirect(codeCallback(identity, asked, user), rememberBrowser(identity, asked.pool, user));
}

/** Another site's form must not sign a victim in as somebody else: it has neither the cookie nor our origin. */
function checkOwnForm(request: HttpRequest, fields: URLSearchParams): string {
  const expected = csrfOf(request);
  const given = requireSingle(fields, "_csrf");
  const { origin, host } = request.headers;
  const foreign = origin !== undefined && origin !== `http://${host}`;
  if (!expected || !sameSecret(expected, given) || foreign) {
    throw new OAuthError("access_denied", "This form is not from here, or its cookie is gone. Begin again in the app.");
  }
  return expected;
}

function csrfOf(request: HttpRequest): string | undefined {
  const token = cookieOf(request, csrfCookie);
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
}

function formState(asked: AuthorizationRequest, request: HttpRequest, csrf: string): FormState {
  return { action: `/${asked.pool.id}/login?${request.query}`, csrf, redirectUri: asked.redirectUri };
}

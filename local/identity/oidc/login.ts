import { randomBytes } from "node:crypto";
import { AwsError } from "../../gateway/protocols.ts";
import { sameSecret } from "../../sigv4/signing-key.ts";
import { cookieOf, type HttpReply, type HttpRequest, redirect } from "../http.ts";
import type { Identity } from "../identity.ts";
import { nextStep, stepIn } from "../sign-in-steps.ts";
import type { User } from "../store.ts";
import { type AuthorizationRequest, readAuthorizationRequest } from "./authorization-request.ts";
import { codeCallback } from "./authorize.ts";
import { cookie, rememberBrowser } from "./browser-session.ts";
import { readForm } from "./form.ts";
import { OAuthError, requireSingle, single } from "./oauth-error.ts";
import { type FormState, loginPage, pageReply } from "./pages.ts";
import { stepForms } from "./step-forms.ts";

const csrfCookie = "XSRF-TOKEN";

export async function showLogin(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const asked = readAuthorizationRequest(identity, poolId, request.query);
  const csrf = csrfOf(request) ?? randomBytes(32).toString("base64url");
  const form = formState(asked, request, csrf);
  const username = single(request.query, "login_hint");
  return pageReply(200, loginPage(form, { username }), form, { "set-cookie": cookie(poolId, csrfCookie, csrf, 3600) });
}

/** Takes a password, then what else the pool asks of the user, and sends the browser back to the app. */
export async function submitLogin(identity: Identity, poolId: string, request: HttpRequest): Promise<HttpReply> {
  const asked = readAuthorizationRequest(identity, poolId, request.query);
  const fields = readForm(request);
  const csrf = checkOwnForm(request, fields);
  const form = formState(asked, request, csrf);
  const session = single(fields, "session");
  return session === undefined
    ? signIn(identity, asked, form, single(fields, "username") ?? "", single(fields, "password") ?? "")
    : takeStep(identity, asked, form, session, fields);
}

async function signIn(
  identity: Identity,
  asked: AuthorizationRequest,
  form: FormState,
  username: string,
  password: string,
): Promise<HttpReply> {
  try {
    const user = await identity.authenticator.byPassword(asked.pool, asked.client, username, password);
    return goOn(identity, asked, form, user);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return pageReply(error.status, loginPage(form, { error: error.message, username }), form);
  }
}

async function takeStep(
  identity: Identity,
  asked: AuthorizationRequest,
  form: FormState,
  session: string,
  fields: URLSearchParams,
): Promise<HttpReply> {
  const tooLate = () => pageReply(400, loginPage(form, { error: "That took too long. Sign in again." }), form);
  const step = stepIn(identity, asked.pool, asked.client, session);
  if (!step) return tooLate();
  const { page, submit } = stepForms[step.kind];
  try {
    const user = await submit(identity, asked, session, fields);
    if (!user) return tooLate();
    return step.kind === "NEW_PASSWORD_REQUIRED" ? goOn(identity, asked, form, user) : finish(identity, asked, user);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const again = page(form, session, { identity, user: step.user, error: error.message });
    return pageReply(error.status, again, form);
  }
}

/** With a user who has proved the password. */
function goOn(identity: Identity, asked: AuthorizationRequest, form: FormState, user: User): HttpReply {
  const step = nextStep(identity, asked.pool, asked.client, user);
  if (!step) return finish(identity, asked, user);
  return pageReply(200, stepForms[step.kind].page(form, step.session, { identity, user }), form);
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

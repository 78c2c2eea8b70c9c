import { GlobalSignOutCommand } from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import * as oidc from "openid-client";
import { createBrowser } from "./support/identity-browser.ts";
import {
  backendSecret,
  callbackUrl,
  claimsOf,
  logoutUrl,
  namesPoolId,
  recordedClient,
  startTestIdentity,
  type TestIdentity,
} from "./support/identity-fixture.ts";
import { rejection } from "./support/rejection.ts";

const scripted = `"><script>alert(1)</script>`;

describe("the hosted UI of the local Cognito, for a stock OpenID client", () => {
  let identity: TestIdentity;
  let config: oidc.Configuration;
  before(async () => {
    identity = await startTestIdentity(
      recordedClient("narrow", { callbackUrls: [callbackUrl], explicitAuthFlows: [] }),
      recordedClient("google", {
        callbackUrls: [callbackUrl],
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid"],
        supportedIdentityProviders: ["Google"],
      }),
    );
    config = await discover("app", oidc.None());
  });
  after(() => identity.close());

  const discover = (clientId: string, authentication: oidc.ClientAuth) =>
    oidc.discovery(new URL(identity.issuer), clientId, undefined, authentication, {
      execute: [oidc.allowInsecureRequests],
    });

  const verifier = oidc.randomPKCECodeVerifier();

  async function authorizationUrl(more: Record<string, string> = {}, client = config): Promise<URL> {
    return oidc.buildAuthorizationUrl(client, {
      redirect_uri: callbackUrl,
      scope: "openid email",
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...more,
    });
  }

  /** From the app's link through the login page and back to the app. */
  async function signIn(name: string, url: URL, browser = createBrowser(identity.url)): Promise<URL> {
    const { url: pageUrl, response } = await browser.visit(url);
    const answer = await browser.submit({ url: pageUrl, html: await response.text() }, identity.user(name));
    expect(answer.status).to.equal(302);
    return new URL(answer.headers.get("location") ?? "");
  }

  const redeem = (back: URL, checks: oidc.AuthorizationCodeGrantChecks = { pkceCodeVerifier: verifier }) =>
    oidc.authorizationCodeGrant(config, back, checks);

  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${identity.issuer}${path}`, { method: "POST", body: new URLSearchParams(fields), headers });

  describe("a whole sign-in", () => {
    it("goes by code and PKCE, and the ID token answers the nonce", async () => {
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const back = await signIn("olga", await authorizationUrl({ state, nonce }));
      expect(`${back.origin}${back.pathname}`).to.equal(callbackUrl);
      const tokens = await redeem(back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce });
      expect(tokens.claims()).to.include({ nonce, aud: "app", email: "olga@example.com", email_verified: true });
      expect(tokens.claims()?.at_hash).to.be.a("string");
      expect(claimsOf(tokens.access_token)).to.include({
        scope: "openid email",
        client_id: "app",
        token_use: "access",
      });

      const user = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? "");
      expect(user).to.include({ email: "olga@example.com", email_verified: "true" });

      const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? "");
      expect(renewed.claims()).to.include({ sub: tokens.claims()?.sub, email: "olga@example.com" });
      expect(renewed.refresh_token).to.equal(undefined);

      await oidc.tokenRevocation(config, tokens.refresh_token ?? "");
      const revoked = await rejection(
        oidc.refreshTokenGrant(config, tokens.refresh_token ?? ""),
        oidc.ResponseBodyError,
      );
      expect(revoked.error).to.equal("invalid_grant");
      const dead = await rejection(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck));
      expect(dead).to.have.nested.property("cause.0.parameters.error", "invalid_token");
    });

    it("also serves a confidential client, by header and by field, without PKCE", async () => {
      for (const authentication of [oidc.ClientSecretBasic(backendSecret), oidc.ClientSecretPost(backendSecret)]) {
        const backend = await discover("backend", authentication);
        const url = oidc.buildAuthorizationUrl(backend, { redirect_uri: callbackUrl, scope: "openid" });
        const tokens = await oidc.authorizationCodeGrant(backend, await signIn("fred", url));
        expect(tokens.claims()).to.include({ aud: "backend", email: "fred@example.com" });
      }
    });

    it("goes back to an app's own scheme", async () => {
      const back = await signIn("olga", await authorizationUrl({ redirect_uri: "latchkey://signed-in", state: "s" }));
      expect(back.href).to.match(/^latchkey:\/\/signed-in\?code=[\w-]{43}&state=s$/);
    });

    it("gives no ID token without the scope openid", async () => {
      const tokens = await redeem(await signIn("olga", await authorizationUrl({ scope: "email" })));
      expect(tokens.id_token).to.equal(undefined);
      const refused = await rejection(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck));
      expect(refused).to.have.nested.property("cause.0.parameters.error", "invalid_token");
    });

    it("remembers the browser until it logs out, or its user signs out everywhere", async () => {
      const browser = createBrowser(identity.url);
      await signIn("fred", await authorizationUrl(), browser);
      const again = new URL((await browser.visit(await authorizationUrl({ prompt: "none" }))).url);
      expect(again.searchParams.get("code")).to.be.a("string");
      expect((await browser.visit(await authorizationUrl({ prompt: "login" }))).url).to.include("/login?");
      identity.pass(60);
      expect((await browser.visit(await authorizationUrl({ max_age: "30" }))).url).to.include("/login?");

      const logout = new URL(`${identity.issuer}/logout?client_id=app&logout_uri=${encodeURIComponent(logoutUrl)}`);
      expect((await browser.visit(logout)).url).to.equal(logoutUrl);
      const silent = new URL((await browser.visit(await authorizationUrl({ prompt: "none", state: "s" }))).url);
      expect(Object.fromEntries(silent.searchParams)).to.include({ error: "login_required", state: "s" });

      await signIn("fred", await authorizationUrl(), browser);
      const { accessToken } = await identity.signIn("fred");
      await identity.client().send(new GlobalSignOutCommand({ AccessToken: accessToken }));
      expect((await browser.visit(await authorizationUrl())).url).to.include("/login?");
    });

    it("lets a user replace a temporary password", async () => {
      const [username, password] = ["gus@example.com", "Temporary-pass-1"];
      await identity.invite(username, password);
      const browser = createBrowser(identity.url);
      const { url, response } = await browser.visit(await authorizationUrl());
      const choose = await browser.submit({ url, html: await response.text() }, { username, password });
      expect(choose.status).to.equal(200);
      const html = await choose.text();
      const weak = await browser.submit({ url, html }, { new_password: "weak" });
      expect(await weak.text()).to.include("Password not long enough");
      const back = await browser.submit({ url, html }, { new_password: "A-good-pass-phrase-1" });
      expect(back.headers.get("location")).to.match(/^http:\/\/localhost:5173\/callback\?code=/);
    });
  });

  describe("the login page", () => {
    it("runs no script, loads nothing, sits in no frame, and posts only here and to the app", async () => {
      const { response } = await createBrowser(identity.url).visit(await authorizationUrl());
      const policy = response.headers.get("content-security-policy");
      expect(policy).to.match(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /);
      expect(policy).to.include("form-action 'self' http://localhost:5173; frame-ancestors 'none'; base-uri 'none'");
      expect(response.headers.get("cache-control")).to.equal("no-store");
      expect(response.headers.get("set-cookie")).to.match(/HttpOnly; SameSite=Lax$/);
      expect(await response.text()).not.to.match(/<script|src=|href=/);
    });

    for (const name of ["state", "nonce", "login_hint"]) {
      it(`shows a ${name} with markup as text only`, async () => {
        const { url, response } = await createBrowser(identity.url).visit(await authorizationUrl({ [name]: scripted }));
        expect(url).to.include("/login?");
        expect(await response.text()).not.to.include("<script");
      });
    }

    it("echoes a state with markup to the app to the letter", async () => {
      const back = await signIn("olga", await authorizationUrl({ state: `${scripted}&code=forged#` }));
      expect(back.searchParams.get("state")).to.equal(`${scripted}&code=forged#`);
      expect(back.searchParams.getAll("code")).to.have.length(1);
    });

    it("shows a username with markup as text, and says what is wrong", async () => {
      const browser = createBrowser(identity.url);
      const { url, response } = await browser.visit(await authorizationUrl());
      const answer = await browser.submit(
        { url, html: await response.text() },
        { username: scripted, password: "wrong" },
      );
      expect(answer.status).to.equal(400);
      const html = await answer.text();
      expect(html).to.include('<p role="alert">Incorrect username or password.</p>').and.not.include("<script");
      expect(html).to.include('value="&quot;&gt;&lt;script&gt;');
    });

    const forgeries: [title: string, forge: (html: string) => { html: string; headers?: Record<string, string> }][] = [
      ["without its token", (html) => ({ html: html.replace(/<input type="hidden" name="_csrf"[^>]*>/, "") })],
      ["with another token", (html) => ({ html: html.replace(/(name="_csrf" value=").{8}/, "$1AAAAAAAA") })],
    ];
    for (const [title, forge] of forgeries) {
      it(`refuses a form ${title}`, async () => {
        const browser = createBrowser(identity.url);
        const { url, response } = await browser.visit(await authorizationUrl());
        const { html } = forge(await response.text());
        const answer = await browser.submit({ url, html }, identity.user("olga"));
        expect(answer.status).to.equal(400);
        expect(answer.headers.get("set-cookie")).to.equal(null);
      });
    }

    it("refuses a form that another site sends", async () => {
      const browser = createBrowser(identity.url);
      const { url, response } = await browser.visit(await authorizationUrl());
      const _csrf = /name="_csrf" value="([^"]*)"/.exec(await response.text())?.[1] ?? "";
      const answer = await browser.open(url, {
        method: "POST",
        body: new URLSearchParams({ _csrf, ...identity.user("olga") }),
        headers: { origin: "http://evil.example" },
      });
      expect(answer.status).to.equal(400);
    });
  });

  describe("authorize", () => {
    const onPage: [title: string, query: Record<string, string>, says: RegExp][] = [
      ["an unknown client", { client_id: "stranger" }, /No app client/],
      ["another pool's client", { client_id: "names" }, /No app client/],
      ["another redirect_uri", { redirect_uri: "https://evil.example/" }, /not one of the app client.* callback URLs/],
      ["a redirect_uri that only begins alike", { redirect_uri: `${callbackUrl}/more` }, /callback URLs/],
      ["a redirect_uri with markup", { redirect_uri: `javascript:alert(1)//${scripted}` }, /callback URLs/],
    ];
    for (const [title, query, says] of onPage) {
      it(`shows ${title} to the user only`, async () => {
        const response = await createBrowser(identity.url).open(await authorizationUrl(query));
        expect([response.status, response.headers.get("location")]).to.deep.equal([400, null]);
        expect(response.headers.get("content-security-policy")).to.include("form-action 'none'");
        expect(await response.text())
          .to.match(says)
          .and.not.include("<script");
      });
    }

    it("refuses a parameter that is given twice", async () => {
      const response = await createBrowser(identity.url).open(
        `${await authorizationUrl()}&redirect_uri=https://evil.example/`,
      );
      expect([response.status, response.headers.get("location")]).to.deep.equal([400, null]);
    });

    const toApp: [title: string, query: Record<string, string>, error: string][] = [
      ["the implicit flow", { response_type: "token" }, "unsupported_response_type"],
      ["a scope that the client is not declared with", { scope: "openid phone" }, "invalid_scope"],
      ["PKCE in plain", { code_challenge_method: "plain" }, "invalid_request"],
      ["a challenge that is no hash", { code_challenge: "short" }, "invalid_request"],
      ["a client that is not declared with the code flow", { client_id: "narrow" }, "unauthorized_client"],
      ["a client that is not declared with COGNITO", { client_id: "google" }, "unauthorized_client"],
      ["another provider", { identity_provider: "Google" }, "invalid_request"],
      ["a request object", { request: "a.b.c" }, "request_not_supported"],
      ["a form response", { response_mode: "form_post" }, "invalid_request"],
    ];
    for (const [title, query, error] of toApp) {
      it(`tells the app that it refuses ${title}`, async () => {
        const response = await createBrowser(identity.url).open(await authorizationUrl({ state: scripted, ...query }));
        const back = new URL(response.headers.get("location") ?? "");
        expect(`${back.origin}${back.pathname}`).to.equal(callbackUrl);
        expect(Object.fromEntries(back.searchParams)).to.include({ error, state: scripted });
      });
    }

    it("asks a public client for PKCE", async () => {
      const url = oidc.buildAuthorizationUrl(config, { redirect_uri: callbackUrl, scope: "openid" });
      const back = new URL((await createBrowser(identity.url).open(url)).headers.get("location") ?? "");
      expect(back.searchParams.get("error_description")).to.match(/code_challenge_method=S256 is required/);
    });

    it("is not there for a pool without a domain, whose keys still are", async () => {
      const pool = `${identity.url}/${namesPoolId}`;
      const page = await fetch(`${pool}/oauth2/authorize?client_id=names`);
      expect(page.status).to.equal(404);
      expect(await page.text()).to.include("declared without a UserPoolDomain");
      expect((await fetch(`${pool}/.well-known/jwks.json`)).status).to.equal(200);
      expect((await fetch(`${identity.url}/eu-central-1_Absent/.well-known/jwks.json`)).status).to.equal(404);
    });
  });

  describe("token", () => {
    const fields = async (change: Record<string, string> = {}) => ({
      grant_type: "authorization_code",
      client_id: "app",
      redirect_uri: callbackUrl,
      code: (await signIn("olga", await authorizationUrl())).searchParams.get("code") ?? "",
      code_verifier: verifier,
      ...change,
    });

    const refusals: [title: string, change: Record<string, string>, error: string][] = [
      ["a verifier that does not fit", { code_verifier: oidc.randomPKCECodeVerifier() }, "invalid_grant"],
      ["a verifier that is too short", { code_verifier: "short" }, "invalid_grant"],
      ["no verifier", { code_verifier: "" }, "invalid_grant"],
      ["another redirect_uri", { redirect_uri: "latchkey://signed-in" }, "invalid_grant"],
      ["another client's code", { client_id: "google" }, "invalid_grant"],
      ["an unknown client", { client_id: "stranger" }, "invalid_client"],
      ["a confidential client without its secret", { client_id: "backend" }, "invalid_client"],
      ["a public client with a secret", { client_secret: "invented" }, "invalid_client"],
      ["another pool's client", { client_id: "names" }, "invalid_client"],
      ["an invented code", { code: "invented" }, "invalid_grant"],
      ["an invented refresh token", { grant_type: "refresh_token", refresh_token: "invented" }, "invalid_grant"],
      ["a password", { grant_type: "password" }, "unsupported_grant_type"],
    ];
    for (const [title, change, error] of refusals) {
      it(`refuses ${title}`, async () => {
        const response = await post("/oauth2/token", await fields(change));
        expect(response.status).to.equal(400);
        expect(await response.json()).to.include({ error });
        expect(response.headers.get("cache-control")).to.equal("no-store");
      });
    }

    it("burns a code at the first try, right or wrong", async () => {
      const right = await fields();
      expect((await post("/oauth2/token", { ...right, code_verifier: oidc.randomPKCECodeVerifier() })).status).to.equal(
        400,
      );
      expect((await post("/oauth2/token", right)).status).to.equal(400);
    });

    it("gives only one of two racing requests the tokens", async () => {
      const right = await fields();
      const answers = await Promise.all([post("/oauth2/token", right), post("/oauth2/token", right)]);
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
    });

    it("takes the tokens back when their code comes again", async () => {
      const right = await fields();
      const refreshToken = await refreshTokenOf(await post("/oauth2/token", right));
      expect(await (await post("/oauth2/token", right)).json()).to.include({
        error_description: "The code has been used.",
      });
      const revoked = await rejection(oidc.refreshTokenGrant(config, refreshToken), oidc.ResponseBodyError);
      expect(revoked).to.include({ error: "invalid_grant", error_description: "Refresh Token has been revoked" });
    });

    it("refuses a code after five minutes, and a refresh token after its time", async () => {
      const late = await fields();
      identity.pass(301);
      expect(await (await post("/oauth2/token", late)).json()).to.include({ error: "invalid_grant" });
      const refreshToken = await refreshTokenOf(await post("/oauth2/token", await fields()));
      identity.pass(30 * 86_400 + 1);
      const expired = await rejection(oidc.refreshTokenGrant(config, refreshToken), oidc.ResponseBodyError);
      expect(expired).to.include({ error: "invalid_grant", error_description: "Refresh Token has expired" });
    });

    it("may be read by the web apps that the callback URLs lead to, and by no other", async () => {
      const ask = (origin: string, method = "POST") =>
        fetch(`${identity.issuer}/oauth2/token`, { method, headers: { origin } });
      const own = await ask("http://localhost:5173", "OPTIONS");
      expect(own.status).to.equal(204);
      expect(own.headers.get("access-control-allow-origin")).to.equal("http://localhost:5173");
      expect((await ask("http://localhost:5173")).headers.get("access-control-allow-origin")).to.be.a("string");
      for (const method of ["OPTIONS", "POST"]) {
        const other = await ask("http://evil.example", method);
        expect(other.headers.get("access-control-allow-origin")).to.equal(null);
      }
    });
  });

  it("logs out to a declared address only", async () => {
    for (const query of [`client_id=app&logout_uri=https://evil.example/`, "client_id=app", "client_id=stranger"]) {
      const response = await createBrowser(identity.url).open(`${identity.issuer}/logout?${query}`);
      expect([response.status, response.headers.get("location")]).to.deep.equal([400, null]);
    }
  });
});

async function refreshTokenOf(response: Response): Promise<string> {
  const body: unknown = await response.json();
  expect(body).to.have.property("refresh_token").that.is.a("string");
  return String(Object(body).refresh_token);
}

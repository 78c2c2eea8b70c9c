import { expect } from "chai";
import * as oidc from "openid-client";
import { TOTP, URI } from "otpauth";
import { type Browser, createBrowser } from "./support/identity-browser.ts";
import {
  callbackUrl,
  hosted,
  recordedClient,
  recordedPool,
  startTestIdentity,
  type TestIdentity,
} from "./support/identity-fixture.ts";
import { recorded } from "./support/recorded.ts";

const poolId = "eu-central-1_Hosted1";

describe("the hosted UI of a pool that requires authenticator apps", () => {
  let identity: TestIdentity;
  let config: oidc.Configuration;
  let browser: Browser;
  beforeEach(async () => {
    identity = await startTestIdentity(
      recordedPool(poolId, {
        usernameAttributes: ["email"],
        mfaConfiguration: "ON",
        softwareTokenMfaConfiguration: { enabled: true },
      }),
      recorded("aws:cognito/userPoolDomain:UserPoolDomain", "mfa", { userPoolId: poolId, domain: "latchkey-mfa" }),
      recordedClient("mfa", { ...hosted, userPoolId: poolId }),
    );
    browser = createBrowser(identity.url);
    config = await oidc.discovery(new URL(`${identity.url}/${poolId}`), "mfa", undefined, oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });
  });
  afterEach(() => identity.close());

  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();

  const code = (secret: string | undefined) =>
    new TOTP({ secret: secret ?? expect.fail("no secret") }).generate({ timestamp: identity.now.getTime() });

  interface Page {
    readonly url: string;
    readonly html: string;
  }

  /** The page after the login page. */
  async function signIn(username: string, password: string): Promise<Page> {
    const authorize = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callbackUrl,
      scope: "openid email",
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    const { url, response } = await browser.visit(authorize);
    const answer = await browser.submit({ url, html: await response.text() }, { username, password });
    expect(answer.status).to.equal(200);
    return { url, html: await answer.text() };
  }

  async function goOn(page: Page, fields: Record<string, string>, status = 200): Promise<Page> {
    const answer = await browser.submit(page, fields);
    expect(answer.status).to.equal(status);
    return { url: page.url, html: await answer.text() };
  }

  /** From the last page back to the app, which comes by its tokens. */
  async function finish(page: Page, fields: Record<string, string>) {
    const answer = await browser.submit(page, fields);
    expect(answer.status).to.equal(302);
    const back = new URL(answer.headers.get("location") ?? "");
    return (await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier })).claims();
  }

  const demoUser = () => identity.users.find((user) => user.userPoolId === poolId) ?? expect.fail("no demo user");

  it("asks for a code after the password, again after a wrong one, and goes back to the app", async () => {
    const { username, password, totpSecret } = demoUser();
    const asked = await signIn(username, password);
    expect(asked.html).to.include("<h1>Enter a code</h1>");
    const again = await goOn(asked, { code: "no code" }, 400);
    expect(again.html).to.include('<p role="alert">Invalid code received for user</p>');
    const [, first = "", second = ""] = /^(...)(...)$/.exec(code(totpSecret)) ?? [];
    const claims = await finish(again, { code: `${first} ${second}` });
    expect(claims).to.include({ email: username });
  });

  it("begins anew when the code comes too late", async () => {
    const { username, password, totpSecret } = demoUser();
    const asked = await signIn(username, password);
    identity.pass(181);
    const late = await goOn(asked, { code: code(totpSecret) }, 400);
    expect(late.html).to.include("<h1>Sign in</h1>").and.to.include("That took too long. Sign in again.");
  });

  it("sets up an app for somebody new, with a secret that stays the same until it is proved", async () => {
    const username = "ida@example.com";
    await identity.invite(username, "Given.to-ida-1", poolId);
    const chooses = await signIn(username, "Given.to-ida-1");
    const setup = await goOn(chooses, { new_password: "Chosen.by-ida-1" });
    expect(setup.html).to.include("<h1>Set up an authenticator app</h1>");
    const secretIn = ({ html }: Page) => /<code>([A-Z2-7]{32})<\/code>/.exec(html)?.[1];
    const secret = secretIn(setup);
    const wrong = await goOn(setup, { code: "no code" }, 400);
    expect(secretIn(wrong)).to.equal(secret);
    const [, link = ""] = /href="(otpauth:[^"]*)"/.exec(wrong.html) ?? [];
    const app = URI.parse(link.replaceAll("&amp;", "&"));
    expect([app.issuer, app.label, app.secret.base32]).to.deep.equal(["Latchkey", username, secret]);
    expect(await finish(wrong, { code: code(secret) })).to.include({ email: username });

    identity.pass(30);
    browser = createBrowser(identity.url);
    const next = await signIn(username, "Chosen.by-ida-1");
    expect(await finish(next, { code: code(secret) })).to.include({ email: username });
  });
});

import { createHmac } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { createRemoteJWKSet, jwtVerify } from "jose";
import {
  backendSecret,
  claimsOf,
  recordedClient,
  recordedPool,
  startTestIdentity,
  type TestIdentity,
} from "./support/identity-fixture.ts";
import { rejection } from "./support/rejection.ts";

describe("signing in to the local Cognito with the AWS SDK", () => {
  let identity: TestIdentity;
  before(async () => {
    identity = await startTestIdentity();
  });
  after(() => identity.close());

  const initiate = (
    AuthFlow: InitiateAuthCommandInput["AuthFlow"],
    ClientId: string,
    AuthParameters: Record<string, string>,
  ) => identity.client().send(new InitiateAuthCommand({ AuthFlow, ClientId, AuthParameters }));

  function withPassword(name: string, ClientId = "app", more: Record<string, string> = {}) {
    const { username, password } = identity.user(name);
    return initiate("USER_PASSWORD_AUTH", ClientId, { USERNAME: username, PASSWORD: password, ...more });
  }

  it("gives tokens with Cognito's claims, which any JWKS client can verify", async () => {
    const { AuthenticationResult: tokens } = await withPassword("olga");
    expect(tokens).to.include({ ExpiresIn: 900, TokenType: "Bearer" });
    const keys = createRemoteJWKSet(new URL(`${identity.issuer}/.well-known/jwks.json`));
    const options = { issuer: identity.issuer, algorithms: ["RS256"] };
    const access = await jwtVerify(tokens?.AccessToken ?? "", keys, options);
    expect(access.payload).to.include({
      token_use: "access",
      client_id: "app",
      scope: "aws.cognito.signin.user.admin",
      username: access.payload.sub,
    });
    expect(access.payload).not.to.have.property("aud");
    expect((access.payload.exp ?? 0) - (access.payload.iat ?? 0)).to.equal(900);
    const id = await jwtVerify(tokens?.IdToken ?? "", keys, { ...options, audience: "app" });
    expect(id.payload).to.include({
      sub: access.payload.sub,
      token_use: "id",
      email: "olga@example.com",
      email_verified: true,
      "cognito:username": access.payload.sub,
    });
    expect(access.payload.sub).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("tells who the token's user is", async () => {
    const { accessToken } = await identity.signIn("fred");
    const { Username, UserAttributes } = await identity.client().send(new GetUserCommand({ AccessToken: accessToken }));
    expect(UserAttributes).to.deep.include({ Name: "email", Value: "fred@example.com" });
    expect(UserAttributes).to.deep.include({ Name: "sub", Value: Username });
  });

  it("takes the address in capitals, as the pool is declared", async () => {
    const { username, password } = identity.user("olga");
    const { AuthenticationResult } = await initiate("USER_PASSWORD_AUTH", "app", {
      USERNAME: username.toUpperCase(),
      PASSWORD: password,
    });
    expect(AuthenticationResult?.AccessToken).to.be.a("string");
  });

  it("renews tokens with a refresh token, in the same session", async () => {
    const before = await identity.signIn("olga");
    const { AuthenticationResult } = await initiate("REFRESH_TOKEN_AUTH", "app", {
      REFRESH_TOKEN: before.refreshToken,
    });
    expect(AuthenticationResult).not.to.have.property("RefreshToken");
    expect(AuthenticationResult?.AccessToken).not.to.equal(before.accessToken);
    expect(claimsOf(AuthenticationResult?.AccessToken).origin_jti).to.equal(claimsOf(before.accessToken).origin_jti);
    expect(claimsOf(AuthenticationResult?.IdToken).sub).to.equal(claimsOf(before.idToken).sub);
  });

  it("keeps users, passwords, sessions and keys across restarts, in a file for its owner only", async () => {
    const { accessToken, refreshToken } = await identity.signIn("sam");
    const before = identity.user("sam");
    const keys = async () => (await fetch(`${identity.issuer}/.well-known/jwks.json`)).text();
    const keysBefore = await keys();
    await identity.restart();
    expect(identity.user("sam").password).to.equal(before.password);
    expect(await keys()).to.equal(keysBefore);
    const { AuthenticationResult } = await initiate("REFRESH_TOKEN_AUTH", "app", { REFRESH_TOKEN: refreshToken });
    expect(AuthenticationResult?.AccessToken).to.be.a("string").and.not.equal(accessToken);
    expect((await stat(join(identity.dataDir, "identity.sqlite"))).mode & 0o777).to.equal(0o600);
  });

  it("asks a confidential client for its secret's hash", async () => {
    const { username } = identity.user("olga");
    const hash = createHmac("sha256", backendSecret).update(`${username}backend`).digest("base64");
    expect((await withPassword("olga", "backend", { SECRET_HASH: hash })).AuthenticationResult).to.be.an("object");
    const without = await rejection(withPassword("olga", "backend"));
    expect(without).to.include({
      name: "NotAuthorizedException",
      message: "Client backend is configured with secret but SECRET_HASH was not received",
    });
    const wrong = await rejection(withPassword("olga", "backend", { SECRET_HASH: hash.replace(/^../, "AA") }));
    expect(wrong.message).to.equal("Unable to verify secret hash for client backend");
  });

  it("ends a session when its refresh token is revoked, and all when the user signs out everywhere", async () => {
    const client = identity.client();
    const [one, other] = [await identity.signIn("fred"), await identity.signIn("fred")];
    const getUser = (token: string) => client.send(new GetUserCommand({ AccessToken: token }));

    await client.send(new RevokeTokenCommand({ ClientId: "app", Token: one.refreshToken }));
    expect((await rejection(getUser(one.accessToken))).message).to.equal("Access Token has been revoked");
    expect((await getUser(other.accessToken)).Username).to.be.a("string");

    await client.send(new GlobalSignOutCommand({ AccessToken: other.accessToken }));
    expect((await rejection(getUser(other.accessToken))).message).to.equal("Access Token has been revoked");
    const refreshed = initiate("REFRESH_TOKEN_AUTH", "app", { REFRESH_TOKEN: other.refreshToken });
    expect(await rejection(refreshed)).to.include({
      name: "NotAuthorizedException",
      message: "Refresh Token has been revoked",
    });
  });

  type Refusal = [title: string, attempt: () => Promise<unknown>, name: string, message: string | RegExp];
  const refusals: Refusal[] = [
    [
      "a wrong password",
      () => initiate("USER_PASSWORD_AUTH", "app", { USERNAME: "olga@example.com", PASSWORD: "wrong" }),
      "NotAuthorizedException",
      "Incorrect username or password.",
    ],
    [
      "an absent user, in the same words",
      () => initiate("USER_PASSWORD_AUTH", "app", { USERNAME: "nobody@example.com", PASSWORD: "wrong" }),
      "NotAuthorizedException",
      "Incorrect username or password.",
    ],
    [
      "an absent user by name, where the client does not hide that",
      () => initiate("USER_PASSWORD_AUTH", "frank", { USERNAME: "nobody@example.com", PASSWORD: "wrong" }),
      "UserNotFoundException",
      "User does not exist.",
    ],
    [
      "an unknown client",
      () => withPassword("olga", "stranger"),
      "ResourceNotFoundException",
      "User pool client stranger does not exist.",
    ],
    [
      "a flow that the client is not declared with",
      () => withPassword("olga", "srponly"),
      "InvalidParameterException",
      "USER_PASSWORD_AUTH flow not enabled for this client",
    ],
    [
      "a renewal that the client is not declared with",
      () => initiate("REFRESH_TOKEN_AUTH", "srponly", { REFRESH_TOKEN: "x" }),
      "InvalidParameterException",
      "REFRESH_TOKEN_AUTH flow not enabled for this client",
    ],
    [
      "a missing password",
      () => initiate("USER_PASSWORD_AUTH", "app", { USERNAME: "olga@example.com" }),
      "InvalidParameterException",
      "Missing required parameter PASSWORD",
    ],
    [
      "an invented refresh token",
      () => initiate("REFRESH_TOKEN_AUTH", "app", { REFRESH_TOKEN: "invented" }),
      "NotAuthorizedException",
      "Invalid Refresh Token",
    ],
    [
      "an invented access token",
      () => identity.client().send(new GetUserCommand({ AccessToken: "a.b.c" })),
      "NotAuthorizedException",
      "Invalid Access Token",
    ],
    [
      "an ID token in place of an access token",
      async () => identity.client().send(new GetUserCommand({ AccessToken: (await identity.signIn("olga")).idToken })),
      "NotAuthorizedException",
      "Invalid Access Token",
    ],
    [
      "an access token with `alg: none`",
      async () => {
        const [, claims] = (await identity.signIn("olga")).accessToken.split(".");
        const header = Buffer.from('{"alg":"none"}').toString("base64url");
        return identity.client().send(new GetUserCommand({ AccessToken: `${header}.${claims}.` }));
      },
      "NotAuthorizedException",
      "Invalid Access Token",
    ],
    [
      "another client's refresh token",
      async () => {
        const hash = createHmac("sha256", backendSecret).update("olga@example.combackend").digest("base64");
        const { refreshToken } = await identity.signIn("olga");
        return initiate("REFRESH_TOKEN_AUTH", "backend", { REFRESH_TOKEN: refreshToken, SECRET_HASH: hash });
      },
      "NotAuthorizedException",
      "Invalid Refresh Token",
    ],
    [
      "revocation where the client is declared without",
      () => identity.client().send(new RevokeTokenCommand({ ClientId: "frank", Token: "x" })),
      "UnsupportedOperationException",
      "Revocation is not enabled for this client",
    ],
    [
      "revocation of an access token",
      async () =>
        identity
          .client()
          .send(new RevokeTokenCommand({ ClientId: "app", Token: (await identity.signIn("olga")).accessToken })),
      "UnsupportedTokenTypeException",
      "Unsupported token type",
    ],
    [
      "a client id of another shape",
      () => withPassword("olga", "<script>"),
      "InvalidParameterException",
      /\/ClientId must match pattern/,
    ],
  ];
  for (const [title, attempt, name, message] of refusals) {
    it(`refuses ${title}`, async () => {
      const error = await rejection(attempt());
      expect(error.name).to.equal(name);
      if (typeof message === "string") expect(error.message).to.equal(message);
      else expect(error.message).to.match(message);
    });
  }

  it("refuses tokens after their time", async () => {
    const { accessToken, refreshToken } = await identity.signIn("olga");
    identity.pass(901);
    const lapsed = await rejection(identity.client().send(new GetUserCommand({ AccessToken: accessToken })));
    expect(lapsed).to.include({ name: "NotAuthorizedException", message: "Access Token has expired" });
    expect(
      (await initiate("REFRESH_TOKEN_AUTH", "app", { REFRESH_TOKEN: refreshToken })).AuthenticationResult,
    ).to.be.an("object");
    identity.pass(30 * 86_400);
    const expired = await rejection(initiate("REFRESH_TOKEN_AUTH", "app", { REFRESH_TOKEN: refreshToken }));
    expect(expired).to.include({ name: "NotAuthorizedException", message: "Refresh Token has expired" });
  });

  it("slows the guessing of a password, also for guesses sent at once, and forgets after a success", async () => {
    const guess = () => initiate("USER_PASSWORD_AUTH", "app", { USERNAME: "sam@example.com", PASSWORD: "wrong" });
    const answers = await Promise.all(Array.from({ length: 8 }, () => rejection(guess())));
    const slowed = answers.filter(({ message }) => message === "Password attempts exceeded");
    expect(slowed).to.have.length(3);
    expect((await rejection(withPassword("sam"))).message).to.equal("Password attempts exceeded");
    expect((await withPassword("olga")).AuthenticationResult).to.be.an("object");
    identity.pass(2);
    expect((await withPassword("sam")).AuthenticationResult).to.be.an("object");
    expect((await rejection(guess())).message).to.equal("Incorrect username or password.");
  });

  it("lets any web app call it, as Cognito does", async () => {
    const origin = "http://localhost:5173";
    const preflight = await fetch(`${identity.url}/`, { method: "OPTIONS", headers: { origin } });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get("access-control-allow-origin")).to.equal("*");
    const call = await fetch(`${identity.url}/`, { method: "POST", headers: { origin }, body: "{}" });
    expect(call.headers.get("access-control-allow-origin")).to.equal("*");
  });

  it("lets nobody in past a second factor or trigger that it does not know", async () => {
    const softwareTokenMfaConfiguration = { enabled: true };
    const withMore = await startTestIdentity(
      recordedPool("eu-central-1_Sms", {
        mfaConfiguration: "ON",
        softwareTokenMfaConfiguration,
        smsConfiguration: { snsCallerArn: "arn:aws:iam::…", externalId: "…" },
      }),
      recordedClient("sms", { userPoolId: "eu-central-1_Sms", explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] }),
      recordedPool("eu-central-1_Mfa", { mfaConfiguration: "ON" }),
      recordedClient("mfa", { userPoolId: "eu-central-1_Mfa", explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] }),
      recordedPool("eu-central-1_Hook", { lambdaConfig: { preAuthentication: "arn:aws:lambda:…" } }),
      recordedClient("hook", { userPoolId: "eu-central-1_Hook", explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] }),
    );
    try {
      for (const [ClientId, what] of [
        ["sms", "cognito-idp:MFA that is required otherwise than by authenticator apps alone"],
        ["mfa", "cognito-idp:MFA that is required otherwise than by authenticator apps alone"],
        ["hook", "cognito-idp:Lambda triggers (preAuthentication)"],
      ] as const) {
        const AuthParameters = { USERNAME: "olga", PASSWORD: "any" };
        const command = new InitiateAuthCommand({ AuthFlow: "USER_PASSWORD_AUTH", ClientId, AuthParameters });
        const refused = await rejection(withMore.client().send(command));
        expect(refused).to.include({ name: "NotImplemented", message: `The local cloud does not implement ${what}.` });
      }
    } finally {
      await withMore.close();
    }
  });

  it("says what it does not do", async () => {
    const call = (target: string) =>
      fetch(`${identity.url}/`, { method: "POST", headers: { "x-amz-target": target }, body: "{}" });
    const unknown = await call("AWSCognitoIdentityProviderService.ForgotPassword");
    expect(unknown.status).to.equal(501);
    expect(await unknown.json()).to.deep.equal({
      __type: "NotImplemented",
      message: "The local cloud does not implement cognito-idp:ForgotPassword.",
    });
  });

  it("refuses broken JSON and bodies that are too long", async () => {
    const call = (body: string) =>
      fetch(`${identity.url}/`, {
        method: "POST",
        headers: { "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth" },
        body,
      });
    const broken = await call("{");
    expect(broken.status).to.equal(400);
    expect(await broken.json()).to.include({ __type: "SerializationException" });
    expect((await call("x".repeat(70_000))).status).to.equal(413);
  });

  it("never logs a password or a token", async () => {
    const { accessToken, refreshToken } = await identity.signIn("olga");
    const log = identity.logged.join("\n");
    for (const secret of [accessToken, refreshToken, identity.user("olga").password])
      expect(log).not.to.include(secret);
  });
});

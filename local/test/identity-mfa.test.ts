import {
  AdminGetUserCommand,
  AssociateSoftwareTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  type RespondToAuthChallengeCommandInput,
  SetUserMFAPreferenceCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { TOTP } from "otpauth";
import {
  claimsOf,
  recordedClient,
  recordedPool,
  startTestIdentity,
  type TestIdentity,
} from "./support/identity-fixture.ts";
import { rejection } from "./support/rejection.ts";

const requiredPool = "eu-central-1_Required1";
const optionalPool = "eu-central-1_Optional1";
const byEmail = { usernameAttributes: ["email"], softwareTokenMfaConfiguration: { enabled: true } };
const explicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

const alreadyUsed = { name: "ExpiredCodeException", message: "Your software token has already been used once." };
const wrongCode = { name: "CodeMismatchException", message: "Invalid code received for user" };
const invalidSession = { name: "NotAuthorizedException", message: "Invalid session for the user." };
const notEnabled = { name: "EnableSoftwareTokenMFAException" };

describe("authenticator apps as the second factor at the local Cognito", () => {
  let identity: TestIdentity;
  beforeEach(async () => {
    identity = await startTestIdentity(
      recordedPool(requiredPool, { ...byEmail, mfaConfiguration: "ON" }),
      recordedClient("required", { userPoolId: requiredPool, explicitAuthFlows }),
      recordedPool(optionalPool, { ...byEmail, mfaConfiguration: "OPTIONAL" }),
      recordedClient("optional", { userPoolId: optionalPool, explicitAuthFlows, authSessionValidity: 5 }),
    );
  });
  afterEach(() => identity.close());

  function demoUser(name: string, userPoolId: string) {
    const found = identity.users.find((it) => it.userPoolId === userPoolId && it.username.startsWith(name));
    return found ?? expect.fail(`there is no ${name} in ${userPoolId}`);
  }

  /** What a stock app shows, so many steps of thirty seconds from now. */
  function code(secret: string | undefined, steps = 0): string {
    return new TOTP({ secret: secret ?? expect.fail("no secret") }).generate({
      timestamp: identity.now.getTime() + steps * 30_000,
    });
  }

  /** One that the app shows at no time near now. */
  function wrong(secret: string | undefined): string {
    const right = [-1, 0, 1].map((steps) => code(secret, steps));
    return ["000000", "111111", "222222", "333333"].find((guess) => !right.includes(guess)) ?? expect.fail();
  }

  const start = (ClientId: string, username: string, password: string) =>
    identity.client().send(
      new InitiateAuthCommand({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId,
        AuthParameters: { USERNAME: username, PASSWORD: password },
      }),
    );

  const respond = (
    ClientId: string,
    ChallengeName: RespondToAuthChallengeCommandInput["ChallengeName"],
    Session: string | undefined,
    ChallengeResponses: Record<string, string>,
  ) =>
    identity.client().send(new RespondToAuthChallengeCommand({ ClientId, ChallengeName, Session, ChallengeResponses }));

  const answer = (ClientId: string, Session: string | undefined, USERNAME: string, given: string) =>
    respond(ClientId, "SOFTWARE_TOKEN_MFA", Session, { USERNAME, SOFTWARE_TOKEN_MFA_CODE: given });

  const associate = (by: { AccessToken?: string | undefined; Session?: string | undefined }) =>
    identity.client().send(new AssociateSoftwareTokenCommand(by));

  const verify = (by: { AccessToken?: string | undefined; Session?: string | undefined }, UserCode: string) =>
    identity.client().send(new VerifySoftwareTokenCommand({ ...by, UserCode }));

  const prefer = (AccessToken: string | undefined, Enabled: boolean, PreferredMfa = Enabled) =>
    identity
      .client()
      .send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings: { Enabled, PreferredMfa } }));

  /** Of a demo user of the pool that leaves it to them; to begin with they have no app. */
  async function accessTokenOf(name: string): Promise<string> {
    const { username, password } = demoUser(name, optionalPool);
    const { AuthenticationResult } = await start("optional", username, password);
    return AuthenticationResult?.AccessToken ?? expect.fail("no tokens");
  }

  async function enroll(AccessToken: string): Promise<string> {
    const { SecretCode = "" } = await associate({ AccessToken });
    await verify({ AccessToken }, code(SecretCode));
    return SecretCode;
  }

  describe("where the pool requires one", () => {
    const olga = () => demoUser("olga", requiredPool);
    const begin = () => start("required", olga().username, olga().password);

    it("asks demo users for a code of the secret that comes with them", async () => {
      const { username, totpSecret } = olga();
      const challenge = await begin();
      expect(challenge).to.include({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
      expect(challenge.AuthenticationResult).to.equal(undefined);
      const { AuthenticationResult } = await answer("required", challenge.Session, username, code(totpSecret));
      expect(claimsOf(AuthenticationResult?.IdToken)).to.include({ email: username });
      expect(AuthenticationResult?.RefreshToken).to.be.a("string");
    });

    for (const [title, steps] of [
      ["a step early", 1],
      ["a step late", -1],
    ] as const) {
      it(`takes a code that is ${title}, for clocks are off`, async () => {
        const { username, totpSecret } = olga();
        const { Session } = await begin();
        const { AuthenticationResult } = await answer("required", Session, username, code(totpSecret, steps));
        expect(AuthenticationResult).to.be.an("object");
      });

      it(`refuses a code that is more than ${title}`, async () => {
        const { username, totpSecret } = olga();
        const { Session } = await begin();
        const refused = await rejection(answer("required", Session, username, code(totpSecret, 2 * steps)));
        expect(refused).to.include(wrongCode);
      });
    }

    it("takes a code once only, and none of before it", async () => {
      const { username, totpSecret } = olga();
      const [first, second] = [await begin(), await begin()];
      await answer("required", first.Session, username, code(totpSecret));
      for (const steps of [0, -1]) {
        const refused = await rejection(answer("required", second.Session, username, code(totpSecret, steps)));
        expect(refused).to.include(alreadyUsed);
      }
      identity.pass(30);
      const { AuthenticationResult } = await answer("required", second.Session, username, code(totpSecret));
      expect(AuthenticationResult).to.be.an("object");
    });

    it("takes a code once only of ten that come at the same time", async () => {
      const { username, totpSecret } = olga();
      const sessions = await Promise.all(Array.from({ length: 10 }, async () => (await begin()).Session));
      const answers = await Promise.allSettled(
        sessions.map((session) => answer("required", session, username, code(totpSecret))),
      );
      expect(answers.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    });

    it("remembers over a restart which code was taken", async () => {
      const { username, totpSecret } = olga();
      await answer("required", (await begin()).Session, username, code(totpSecret));
      await identity.restart();
      expect(olga().totpSecret).to.equal(totpSecret);
      const refused = await rejection(answer("required", (await begin()).Session, username, code(totpSecret)));
      expect(refused).to.include(alreadyUsed);
    });

    it("lets a mistyped code be typed again, until the session ends", async () => {
      const { username, totpSecret } = olga();
      const { Session } = await begin();
      expect(await rejection(answer("required", Session, username, wrong(totpSecret)))).to.include(wrongCode);
      const { AuthenticationResult } = await answer("required", Session, username, code(totpSecret));
      expect(AuthenticationResult).to.be.an("object");

      identity.pass(60);
      expect(await rejection(answer("required", Session, username, code(totpSecret)))).to.include(invalidSession);
      const late = await begin();
      identity.pass(180);
      expect(await rejection(answer("required", late.Session, username, code(totpSecret)))).to.include(invalidSession);
    });

    it("locks after five wrong codes, whatever is proved by password between them", async () => {
      const { username, totpSecret } = olga();
      for (let guess = 0; guess < 5; guess += 1) {
        const { Session } = await begin();
        expect(await rejection(answer("required", Session, username, wrong(totpSecret)))).to.include(wrongCode);
      }
      const { Session } = await begin();
      const locked = await rejection(answer("required", Session, username, code(totpSecret)));
      expect(locked).to.include({ name: "NotAuthorizedException", message: "Password attempts exceeded" });
      identity.pass(1);
      const { AuthenticationResult } = await answer("required", Session, username, code(totpSecret));
      expect(AuthenticationResult).to.be.an("object");
    });

    it("takes a session for nothing else than it was given for", async () => {
      const { username, totpSecret } = olga();
      const { Session } = await begin();
      const right = { USERNAME: username, SOFTWARE_TOKEN_MFA_CODE: code(totpSecret), NEW_PASSWORD: "Chosen.by-olga-1" };
      for (const name of ["NEW_PASSWORD_REQUIRED", "MFA_SETUP"] as const) {
        expect(await rejection(respond("required", name, Session, right)), name).to.include(invalidSession);
        const again = (await begin()).Session;
        expect(await rejection(associate({ Session: again })), "a secret of one's own").to.include(invalidSession);
      }
      const other = (await begin()).Session;
      expect(await rejection(respond("optional", "SOFTWARE_TOKEN_MFA", other, right))).to.include(invalidSession);
    });

    it("has somebody new choose a password, then set up an app, and only then gives tokens", async () => {
      const USERNAME = "ida@example.com";
      await identity.invite(USERNAME, "Given.to-ida-1", requiredPool);
      const first = await start("required", USERNAME, "Given.to-ida-1");
      const second = await respond("required", "NEW_PASSWORD_REQUIRED", first.Session, {
        USERNAME,
        NEW_PASSWORD: "Chosen.by-ida-1",
      });
      expect(second).to.include({ ChallengeName: "MFA_SETUP" });
      expect(second.ChallengeParameters).to.include({ MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' });
      expect(await rejection(respond("required", "MFA_SETUP", second.Session, { USERNAME }))).to.include(
        invalidSession,
      );

      const { SecretCode, Session } = await associate({ Session: second.Session });
      expect(SecretCode).to.match(/^[A-Z2-7]{32}$/);
      expect(await rejection(associate({ Session: second.Session })), "used once").to.include(invalidSession);
      expect(await rejection(verify({ Session }, wrong(SecretCode)))).to.include(notEnabled);
      const verified = await verify({ Session }, code(SecretCode));
      expect(verified).to.include({ Status: "SUCCESS" });
      const { AuthenticationResult } = await respond("required", "MFA_SETUP", verified.Session, { USERNAME });
      expect(claimsOf(AuthenticationResult?.IdToken)).to.include({ email: USERNAME });
      expect(await rejection(respond("required", "MFA_SETUP", verified.Session, { USERNAME }))).to.include(
        invalidSession,
      );

      const known = await identity
        .client("admin")
        .send(new AdminGetUserCommand({ UserPoolId: requiredPool, Username: USERNAME }));
      expect(known.UserMFASettingList).to.deep.equal(["SOFTWARE_TOKEN_MFA"]);
      const next = await start("required", USERNAME, "Chosen.by-ida-1");
      expect(next).to.include({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
    });

    it("lets nobody with the password set up a second app beside the first", async () => {
      const Username = "eve@example.com";
      const TemporaryPassword = "Given.to-eve-1";
      await identity.invite(Username, TemporaryPassword, requiredPool);
      const { Session } = await start("required", Username, TemporaryPassword);
      const password = { USERNAME: Username, NEW_PASSWORD: "Chosen.by-eve-1" };
      const own = await respond("required", "NEW_PASSWORD_REQUIRED", Session, password);
      const thief = await start("required", Username, "Chosen.by-eve-1");
      const { SecretCode, Session: after } = await associate({ Session: own.Session });
      await verify({ Session: after }, code(SecretCode));
      expect(await rejection(associate({ Session: thief.Session }))).to.include(invalidSession);
    });
  });

  describe("where the pool leaves it to its users", () => {
    it("asks for no code before the user has an app and has turned it on", async () => {
      const { username, password, totpSecret } = demoUser("olga", optionalPool);
      expect(totpSecret).to.equal(undefined);
      const AccessToken = await accessTokenOf("olga");
      const missing = await rejection(prefer(AccessToken, true));
      expect(missing).to.include({
        name: "InvalidParameterException",
        message: "User has not verified software token mfa",
      });
      const secret = await enroll(AccessToken);
      expect((await start("optional", username, password)).AuthenticationResult).to.be.an("object");

      await prefer(AccessToken, true);
      const user = await identity.client().send(new GetUserCommand({ AccessToken }));
      expect(user.UserMFASettingList).to.deep.equal(["SOFTWARE_TOKEN_MFA"]);
      expect(user.PreferredMfaSetting).to.equal("SOFTWARE_TOKEN_MFA");
      const challenge = await start("optional", username, password);
      expect(challenge).to.include({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
      expect(await rejection(answer("optional", challenge.Session, username, code(secret)))).to.include(alreadyUsed);
      // As long as the client's authSessionValidity.
      identity.pass(299);
      const { AuthenticationResult } = await answer("optional", challenge.Session, username, code(secret));
      expect(AuthenticationResult).to.be.an("object");

      await prefer(AccessToken, false);
      expect((await start("optional", username, password)).AuthenticationResult).to.be.an("object");
    });

    it("names the device that the user has named", async () => {
      const { username, password } = demoUser("sam", optionalPool);
      const AccessToken = await accessTokenOf("sam");
      const { SecretCode } = await associate({ AccessToken });
      const UserCode = code(SecretCode);
      await identity
        .client()
        .send(new VerifySoftwareTokenCommand({ AccessToken, UserCode, FriendlyDeviceName: "Sam's phone" }));
      await prefer(AccessToken, true);
      const { ChallengeParameters } = await start("optional", username, password);
      expect(ChallengeParameters).to.include({ FRIENDLY_DEVICE_NAME: "Sam's phone" });
    });

    it("keeps the app that is there until a new one is proved", async () => {
      const { username, password } = demoUser("fred", optionalPool);
      const AccessToken = await accessTokenOf("fred");
      const old = await enroll(AccessToken);
      await prefer(AccessToken, true);
      identity.pass(30);
      const { SecretCode } = await associate({ AccessToken });
      expect(await rejection(verify({ AccessToken }, wrong(SecretCode)))).to.include(notEnabled);
      const before = await start("optional", username, password);
      await answer("optional", before.Session, username, code(old));

      identity.pass(30);
      await verify({ AccessToken }, code(SecretCode));
      identity.pass(30);
      const after = await start("optional", username, password);
      expect(await rejection(answer("optional", after.Session, username, code(old)))).to.include(wrongCode);
      expect(await answer("optional", after.Session, username, code(SecretCode))).to.have.property(
        "AuthenticationResult",
      );
    });

    it("takes nobody's word for having an app: a secret is proved once, and none without being asked for", async () => {
      const AccessToken = await accessTokenOf("olga");
      expect(await rejection(verify({ AccessToken }, "123456"))).to.include(notEnabled);
      const secret = await enroll(AccessToken);
      expect(await rejection(verify({ AccessToken }, code(secret, 1)))).to.include(notEnabled);
    });
  });

  const faults: [title: string, fault: (accessToken: string) => Promise<unknown>, name: string][] = [
    ["neither a token nor a session", () => associate({}), "InvalidParameterException"],
    [
      "both a token and a session",
      (AccessToken) => associate({ AccessToken, Session: "x".repeat(40) }),
      "InvalidParameterException",
    ],
    ["a session that is none", () => associate({ Session: "x".repeat(40) }), "NotAuthorizedException"],
    ["a token that is none", () => associate({ AccessToken: "x" }), "NotAuthorizedException"],
    ["a code of five digits", (AccessToken) => verify({ AccessToken }, "12345"), "InvalidParameterException"],
    ["a factor that is preferred and off", (token) => prefer(token, false, true), "InvalidParameterException"],
    [
      "text messages as a factor, which there are none of here",
      (AccessToken) =>
        identity.client().send(new SetUserMFAPreferenceCommand({ AccessToken, SMSMfaSettings: { Enabled: true } })),
      "NotImplemented",
    ],
    [
      "a challenge without its code",
      () => respond("optional", "SOFTWARE_TOKEN_MFA", "x".repeat(40), { USERNAME: "olga@example.com" }),
      "InvalidParameterException",
    ],
  ];
  for (const [title, fault, name] of faults) {
    it(`refuses ${title}`, async () => {
      expect((await rejection(fault(await accessTokenOf("olga")))).name).to.equal(name);
    });
  }

  it("has no apps in a pool that is declared without them", async () => {
    const { accessToken: AccessToken } = await identity.signIn("olga");
    for (const refused of [associate({ AccessToken }), verify({ AccessToken }, "123456")]) {
      expect(await rejection(refused)).to.include({
        name: "SoftwareTokenMFANotFoundException",
        message: "Software Token MFA has not been enabled by the userPool.",
      });
    }
  });
});

import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  ChangePasswordCommand,
  type CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  ResendConfirmationCodeCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { claimsOf, namesPoolId, poolId, startTestIdentity, type TestIdentity } from "./support/identity-fixture.ts";
import { rejection } from "./support/rejection.ts";

const password = "A-good-pass-phrase-1";

describe("accounts of the local Cognito", () => {
  let identity: TestIdentity;
  let app: CognitoIdentityProviderClient;
  let admin: CognitoIdentityProviderClient;
  before(async () => {
    identity = await startTestIdentity();
    app = identity.client();
    admin = identity.client("admin");
  });
  after(() => identity.close());

  const signIn = (USERNAME: string, PASSWORD: string, ClientId = "app") =>
    app.send(
      new InitiateAuthCommand({ AuthFlow: "USER_PASSWORD_AUTH", ClientId, AuthParameters: { USERNAME, PASSWORD } }),
    );

  describe("sign-up", () => {
    const signUp = (Username: string, Password = password, attributes: Record<string, string> = {}, ClientId = "app") =>
      app.send(
        new SignUpCommand({
          ClientId,
          Username,
          Password,
          UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
    const confirm = (Username: string, ConfirmationCode: string) =>
      app.send(new ConfirmSignUpCommand({ ClientId: "app", Username, ConfirmationCode }));
    const codeOf = (address: string) => {
      const lines = identity.logged.filter((line) => line.includes(address));
      return /\d{6}$/.exec(lines.at(-1) ?? "")?.[0] ?? "";
    };
    const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

    it("lets a user in once the code from the log has proved the address", async () => {
      const { UserConfirmed, UserSub, CodeDeliveryDetails } = await signUp("ada@example.com", password, {
        name: "Ada",
      });
      expect(UserConfirmed).to.equal(false);
      expect(CodeDeliveryDetails).to.deep.equal({
        AttributeName: "email",
        DeliveryMedium: "EMAIL",
        Destination: "a***@example.com",
      });
      expect((await rejection(signIn("ada@example.com", password))).name).to.equal("UserNotConfirmedException");
      const code = codeOf("ada@example.com");
      expect((await rejection(confirm("ada@example.com", otherThan(code)))).name).to.equal("CodeMismatchException");
      await confirm("ada@example.com", code);
      const { AuthenticationResult } = await signIn("ada@example.com", password);
      expect(claimsOf(AuthenticationResult?.IdToken)).to.include({ sub: UserSub, email_verified: true, name: "Ada" });
      expect((await rejection(confirm("ada@example.com", code))).message).to.equal(
        "User cannot be confirmed. Current status is CONFIRMED",
      );
    });

    it("replaces a code by the next, and gives up on guessers", async () => {
      await signUp("bob@example.com");
      const first = codeOf("bob@example.com");
      await app.send(new ResendConfirmationCodeCommand({ ClientId: "app", Username: "bob@example.com" }));
      const wrong = otherThan(codeOf("bob@example.com"));
      expect(identity.logged.filter((line) => line.includes("bob@example.com"))).to.have.length(2);
      expect(first).to.match(/^\d{6}$/);
      for (let attempt = 0; attempt < 5; attempt++) await rejection(confirm("bob@example.com", wrong));
      const locked = await rejection(confirm("bob@example.com", codeOf("bob@example.com")));
      expect(locked.name).to.equal("TooManyFailedAttemptsException");
    });

    const refusals: [title: string, attempt: () => Promise<unknown>, name: string, message: RegExp][] = [
      ["an address that is taken", () => signUp("OLGA@example.com"), "UsernameExistsException", /already exists/],
      ["a name that is no address", () => signUp("ada"), "InvalidParameterException", /should be an email/],
      ["a short password", () => signUp("cy@example.com", "Short-1"), "InvalidPasswordException", /not long enough/],
      [
        "a password without symbols",
        () => signUp("cy@example.com", "NoSymbolsInHere1"),
        "InvalidPasswordException",
        /must have symbol characters/,
      ],
      [
        "an attribute that the schema does not know",
        () => signUp("cy@example.com", password, { shoeSize: "43" }),
        "InvalidParameterException",
        /could not be determined/,
      ],
      [
        "an address that declares itself verified",
        () => signUp("cy@example.com", password, { email_verified: "true" }),
        "NotAuthorizedException",
        /unauthorized attribute/,
      ],
      [
        "everybody, where only administrators create users",
        () => signUp("cy", password, {}, "names"),
        "NotAuthorizedException",
        /SignUp is not permitted/,
      ],
      [
        "to say by confirmation who is absent",
        () => confirm("nobody@example.com", "123456"),
        "ExpiredCodeException",
        /request a code again/,
      ],
    ];
    for (const [title, attempt, name, message] of refusals) {
      it(`refuses ${title}`, async () => {
        const error = await rejection(attempt());
        expect(error.name).to.equal(name);
        expect(error.message).to.match(message);
      });
    }
  });

  describe("administration", () => {
    it("creates a user, who must replace the temporary password", async () => {
      const Username = "dora@example.com";
      const { User } = await admin.send(
        new AdminCreateUserCommand({
          UserPoolId: poolId,
          Username,
          TemporaryPassword: "Temporary-pass-1",
          MessageAction: "SUPPRESS",
        }),
      );
      expect(User).to.include({ UserStatus: "FORCE_CHANGE_PASSWORD", Enabled: true });
      const { ChallengeName, Session, ChallengeParameters } = await signIn(Username, "Temporary-pass-1");
      expect(ChallengeName).to.equal("NEW_PASSWORD_REQUIRED");
      const answer = (NEW_PASSWORD: string) =>
        app.send(
          new RespondToAuthChallengeCommand({
            ChallengeName: "NEW_PASSWORD_REQUIRED",
            ClientId: "app",
            Session,
            ChallengeResponses: { USERNAME: ChallengeParameters?.USER_ID_FOR_SRP ?? "", NEW_PASSWORD },
          }),
        );
      expect((await rejection(answer("weak"))).name).to.equal("InvalidPasswordException");
      expect((await answer(password)).AuthenticationResult?.AccessToken).to.be.a("string");
      expect((await rejection(answer(password))).message).to.equal("Invalid session for the user.");
      expect((await signIn(Username, password)).AuthenticationResult).to.be.an("object");
    });

    it("sets a password, and then prints that one for a demo user", async () => {
      const { username: Username, password: before } = identity.user("sam");
      const set = (Password: string, Permanent: boolean) =>
        admin.send(new AdminSetUserPasswordCommand({ UserPoolId: poolId, Username, Password, Permanent }));
      await set(password, true);
      expect((await rejection(signIn(Username, before))).message).to.equal("Incorrect username or password.");
      expect((await signIn(Username, password)).AuthenticationResult).to.be.an("object");
      await identity.restart();
      admin = identity.client("admin");
      app = identity.client();
      expect(identity.user("sam").password).to.equal(password);
    });

    it("puts users into the declared groups, which their tokens then tell", async () => {
      const membership = { UserPoolId: poolId, Username: "fred@example.com", GroupName: "members" };
      await admin.send(new AdminAddUserToGroupCommand(membership));
      const { accessToken, idToken } = await identity.signIn("fred");
      expect(claimsOf(accessToken)["cognito:groups"]).to.deep.equal(["members"]);
      expect(claimsOf(idToken)["cognito:groups"]).to.deep.equal(["members"]);
      await admin.send(new AdminRemoveUserFromGroupCommand(membership));
      expect(claimsOf((await identity.signIn("fred")).accessToken)).not.to.have.property("cognito:groups");
      const undeclared = admin.send(new AdminAddUserToGroupCommand({ ...membership, GroupName: "kings" }));
      expect((await rejection(undeclared)).name).to.equal("ResourceNotFoundException");
    });

    it("lists users in pages, and by attribute", async () => {
      const emails = new Set<string | undefined>();
      let PaginationToken: string | undefined;
      do {
        const page = await admin.send(new ListUsersCommand({ UserPoolId: poolId, Limit: 2, PaginationToken }));
        expect(page.Users?.length).to.be.at.most(2);
        for (const { Attributes } of page.Users ?? [])
          emails.add(Attributes?.find(({ Name }) => Name === "email")?.Value);
        PaginationToken = page.PaginationToken;
      } while (PaginationToken);
      expect([...emails]).to.include.members(["olga@example.com", "fred@example.com", "sam@example.com"]);
      const { Users } = await admin.send(new ListUsersCommand({ UserPoolId: poolId, Filter: 'email ^= "olga@"' }));
      expect(Users).to.have.length(1);
      const { UserAttributes } = await admin.send(
        new AdminGetUserCommand({ UserPoolId: poolId, Username: Users?.[0]?.Username }),
      );
      expect(UserAttributes).to.deep.include({ Name: "email", Value: "olga@example.com" });
    });

    it("describes the pool and its clients as they are declared", async () => {
      const { UserPool } = await admin.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
      expect(UserPool).to.deep.include({
        Id: poolId,
        UsernameAttributes: ["email"],
        DeletionProtection: "ACTIVE",
        MfaConfiguration: "OFF",
        Domain: "latchkey-photos",
      });
      expect(UserPool?.Policies?.PasswordPolicy).to.include({ MinimumLength: 12, TemporaryPasswordValidityDays: 1 });
      const { UserPoolClient } = await admin.send(
        new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: "app" }),
      );
      expect(UserPoolClient).to.deep.include({
        AccessTokenValidity: 15,
        TokenValidityUnits: { AccessToken: "minutes", RefreshToken: "days" },
        PreventUserExistenceErrors: "ENABLED",
        AllowedOAuthFlows: ["code"],
      });
    });

    const list = (client: CognitoIdentityProviderClient, UserPoolId = poolId) =>
      client.send(new ListUsersCommand({ UserPoolId }));

    it("asks the caller's policies", async () => {
      expect((await list(identity.client("lister"))).Users).to.be.an("array");
      const denied = await rejection(list(identity.client("lister"), namesPoolId));
      expect(denied.name).to.equal("AccessDeniedException");
      expect(denied.message).to.match(
        /lister.*not authorized to perform: cognito-idp:ListUsers on resource: .*Names456/,
      );
      const create = new AdminCreateUserCommand({ UserPoolId: poolId, Username: "eve@example.com" });
      expect((await rejection(identity.client("lister").send(create))).name).to.equal("AccessDeniedException");
    });

    it("refuses a forged signature and none at all", async () => {
      expect((await rejection(list(identity.client("nobody")))).name).to.equal("UnrecognizedClientException");
      const unsigned = await fetch(`${identity.url}/`, {
        method: "POST",
        headers: { "x-amz-target": "AWSCognitoIdentityProviderService.ListUsers" },
        body: JSON.stringify({ UserPoolId: poolId }),
      });
      expect(unsigned.status).to.equal(400);
      expect(await unsigned.json()).to.include({ __type: "MissingAuthenticationTokenException" });
    });

    it("answers for an absent pool and user by name", async () => {
      const absent = await rejection(list(admin, "eu-central-1_Absent"));
      expect(absent).to.include({
        name: "ResourceNotFoundException",
        message: "User pool eu-central-1_Absent does not exist.",
      });
      const nobody = admin.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: "nobody@example.com" }));
      expect((await rejection(nobody)).name).to.equal("UserNotFoundException");
    });
  });

  describe("passwords", () => {
    it("changes a password for who knows the old one", async () => {
      const { accessToken } = await identity.signIn("olga");
      const change = (PreviousPassword: string, ProposedPassword: string) =>
        app.send(new ChangePasswordCommand({ AccessToken: accessToken, PreviousPassword, ProposedPassword }));
      const { username, password: before } = identity.user("olga");
      expect((await rejection(change("wrong", password))).message).to.equal("Incorrect username or password.");
      expect((await rejection(change(before, "weak"))).name).to.equal("InvalidPasswordException");
      await change(before, password);
      expect((await signIn(username, password)).AuthenticationResult).to.be.an("object");
    });

    it("lapses a temporary password after the pool's time", async () => {
      const Username = "late@example.com";
      await identity.invite(Username, "Temporary-pass-1");
      identity.pass(86_401);
      const lapsed = await rejection(signIn(Username, "Temporary-pass-1"));
      expect(lapsed.message).to.equal("Temporary password has expired and must be reset by an administrator.");
    });
  });
});

import { randomBytes } from "node:crypto";
import { InitiateAuthCommand, RespondToAuthChallengeCommand } from "@aws-sdk/client-cognito-identity-provider";
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { expect } from "chai";
import { TOTP } from "otpauth";
import {
  poolId,
  recordedClient,
  recordedPool,
  startTestIdentity,
  type TestIdentity,
} from "./support/identity-fixture.ts";
import { rejection } from "./support/rejection.ts";

const mfaPoolId = "eu-central-1_Mfa123";

/** The client keeps tokens where a browser would; each test has a store of its own. */
function memoryStorage() {
  const kept = new Map<string, string>();
  return {
    setItem: (key: string, value: string) => void kept.set(key, value),
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

describe("signing in by SRP with AWS's own client", () => {
  let identity: TestIdentity;
  before(async () => {
    identity = await startTestIdentity(
      recordedPool(mfaPoolId, { mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true } }),
      recordedClient("mfa", { userPoolId: mfaPoolId, explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"] }),
    );
  });
  after(() => identity.close());

  function cognitoUser(Username: string, UserPoolId = poolId, ClientId = "srponly"): CognitoUser {
    const Storage = memoryStorage();
    const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: identity.url, Storage });
    return new CognitoUser({ Username, Pool, Storage });
  }

  function signIn(Username: string, Password: string): Promise<CognitoUserSession> {
    return new Promise((onSuccess, onFailure) =>
      cognitoUser(Username).authenticateUser(new AuthenticationDetails({ Username, Password }), {
        onSuccess,
        onFailure,
      }),
    );
  }

  it("proves the password without sending it", async () => {
    const { username, password } = identity.user("olga");
    const session = await signIn(username, password);
    expect(session.getIdToken().payload.email).to.equal("olga@example.com");
    expect(session.getAccessToken().payload.client_id).to.equal("srponly");
  });

  it("goes on to the code of an authenticator app where the pool requires one", async () => {
    const olga = identity.users.find((user) => user.userPoolId === mfaPoolId);
    const { username = "", password = "", totpSecret = "" } = olga ?? {};
    const user = cognitoUser(username, mfaPoolId, "mfa");
    const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) =>
      user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), {
        onSuccess: () => onFailure(new Error("the password was enough")),
        onFailure,
        totpRequired(challenge) {
          const code = new TOTP({ secret: totpSecret }).generate({ timestamp: identity.now.getTime() });
          user.sendMFACode(code, { onSuccess, onFailure }, challenge);
        },
      }),
    );
    expect(session.getIdToken().payload["cognito:username"]).to.equal(username);
  });

  it("refuses a wrong password, and answers for an absent user alike", async () => {
    const wrong = await rejection(signIn("olga@example.com", "wrong"));
    const absent = await rejection(signIn("nobody@example.com", "wrong"));
    expect(wrong).to.include({ name: "NotAuthorizedException", message: "Incorrect username or password." });
    expect(absent).to.include({ name: wrong.name, message: wrong.message });
  });

  it("invents the same user for the same absent name each time, however it is written", async () => {
    const ask = async (USERNAME: string) => {
      const { ChallengeParameters } = await identity.client().send(
        new InitiateAuthCommand({
          AuthFlow: "USER_SRP_AUTH",
          ClientId: "srponly",
          AuthParameters: { USERNAME, SRP_A: randomBytes(384).toString("hex") },
        }),
      );
      return ChallengeParameters ?? {};
    };
    const [one, again, real] = [
      await ask("nobody@example.com"),
      await ask("Nobody@example.com"),
      await ask("olga@example.com"),
    ];
    expect(again.SALT).to.equal(one.SALT);
    expect(again.USER_ID_FOR_SRP).to.equal(one.USER_ID_FOR_SRP);
    expect(Object.keys(one)).to.deep.equal(Object.keys(real));
  });

  it("refuses a public value that would make the shared secret known", async () => {
    for (const SRP_A of ["0", "not hexadecimal"]) {
      const error = await rejection(
        identity.client().send(
          new InitiateAuthCommand({
            AuthFlow: "USER_SRP_AUTH",
            ClientId: "srponly",
            AuthParameters: { USERNAME: "olga@example.com", SRP_A },
          }),
        ),
      );
      expect(error.name, SRP_A).to.equal("InvalidParameterException");
    }
  });

  it("takes each exchange for one guess only", async () => {
    const client = identity.client();
    const { ChallengeParameters = {} } = await client.send(
      new InitiateAuthCommand({
        AuthFlow: "USER_SRP_AUTH",
        ClientId: "srponly",
        AuthParameters: { USERNAME: "sam@example.com", SRP_A: randomBytes(384).toString("hex") },
      }),
    );
    const guess = () =>
      client.send(
        new RespondToAuthChallengeCommand({
          ChallengeName: "PASSWORD_VERIFIER",
          ClientId: "srponly",
          ChallengeResponses: {
            USERNAME: ChallengeParameters.USER_ID_FOR_SRP ?? "",
            PASSWORD_CLAIM_SECRET_BLOCK: ChallengeParameters.SECRET_BLOCK ?? "",
            PASSWORD_CLAIM_SIGNATURE: randomBytes(32).toString("base64"),
            TIMESTAMP: "Fri Nov 20 12:00:00 UTC 2026",
          },
        }),
      );
    expect((await rejection(guess())).message).to.equal("Incorrect username or password.");
    expect((await rejection(guess())).message).to.equal("Invalid session for the user.");
  });
});

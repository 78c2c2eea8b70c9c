import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { fromCognitoIdentityPool } from "@aws-sdk/credential-provider-cognito-identity";
import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { claimsOf, poolId, startTestIdentity, type TestIdentity } from "./support/identity-fixture.ts";
import { recorded } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { roleArn } from "./support/test-account.ts";

const run = promisify(execFile);
const provider = `cognito-idp.eu-central-1.amazonaws.com/${poolId}`;
const federation = "cognito-identity.amazonaws.com";

/** An identity pool for the fixture's `app`, as `name`, with a role of its own that may list users of its own name only. */
function declaredPool(name: string, actions: readonly string[], tags: Readonly<Record<string, string>>) {
  const id = `eu-central-1:${name}`;
  const trust = {
    Effect: "Allow",
    Principal: { Federated: federation },
    Action: actions,
    Condition: {
      StringEquals: { [`${federation}:aud`]: id },
      "ForAnyValue:StringEquals": { [`${federation}:amr`]: "authenticated" },
    },
  };
  const may = {
    Effect: "Allow",
    Action: "cognito-idp:ListUsers",
    Resource: `arn:aws:cognito-idp:eu-central-1:000000000000:userpool/${poolId}`,
    Condition: { StringEquals: { "aws:PrincipalTag/mail": "olga@example.com" } },
  };
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const providers = [{ providerName: provider, clientId: "app", serverSideTokenCheck: true }];
  return [
    recorded(
      "aws:cognito/identityPool:IdentityPool",
      name,
      { identityPoolName: name, allowUnauthenticatedIdentities: false, cognitoIdentityProviders: providers },
      { id },
    ),
    recorded("aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag", `${name}-tags`, {
      identityPoolId: id,
      identityProviderName: provider,
      principalTags: tags,
    }),
    recorded("aws:iam/role:Role", name, { name, assumeRolePolicy: document(trust) }, { id: name, arn: roleArn(name) }),
    recorded("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: name, policy: document(may) }),
    recorded("aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment", `${name}-roles`, {
      identityPoolId: id,
      roles: { authenticated: roleArn(name) },
    }),
  ] satisfies RecordedResource[];
}

const both = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"];
const main = "eu-central-1:00000000-0000-4000-8000-000000000001";
const resources = [
  ...declaredPool("00000000-0000-4000-8000-000000000001", both, { mail: "email" }),
  ...declaredPool("00000000-0000-4000-8000-000000000002", both, {}),
  ...declaredPool("00000000-0000-4000-8000-000000000003", ["sts:AssumeRoleWithWebIdentity"], { mail: "email" }),
];

describe("The identity pool", () => {
  let identity: TestIdentity;
  before(async () => {
    identity = await startTestIdentity(...resources);
  });
  after(() => identity.close());

  const credentials = (idToken: string, identityPoolId = main, providerName = provider) =>
    fromCognitoIdentityPool({
      identityPoolId,
      logins: { [providerName]: idToken },
      clientConfig: { region: "eu-central-1", endpoint: identity.url, maxAttempts: 1 },
    })();

  async function call(operation: string, input: object) {
    const answer = await fetch(identity.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityService.${operation}`,
      },
      body: JSON.stringify(input),
    });
    return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
  }

  it("gives a signed-in user the role, with the claims that the program maps as session tags", async () => {
    const list = async (name: string) => {
      const client = identity.client({ ...(await credentials((await identity.signIn(name)).idToken)) });
      return client.send(new ListUsersCommand({ UserPoolId: poolId }));
    };
    expect((await list("olga")).Users).to.have.lengthOf(3);
    expect((await rejection(list("fred"))).name).to.equal("AccessDeniedException");
  });

  it("gives no tag that the program does not map", async () => {
    const keys = await credentials((await identity.signIn("olga")).idToken, main.replace(/1$/, "2"));
    const attempt = identity.client({ ...keys }).send(new ListUsersCommand({ UserPoolId: poolId }));
    expect((await rejection(attempt)).name).to.equal("AccessDeniedException");
  });

  it("knows a user again, after a restart too, by another name in each pool", async () => {
    const idToken = (await identity.signIn("olga")).idToken;
    const first = await credentials(idToken);
    const elsewhere = await credentials(idToken, main.replace(/1$/, "2"));
    await identity.restart();
    expect((await credentials((await identity.signIn("olga")).idToken)).identityId).to.equal(first.identityId);
    expect(elsewhere.identityId).not.to.equal(first.identityId);
    expect(first.identityId).not.to.include(String(claimsOf(idToken).sub));
  });

  it("lets the role's trust policy refuse the tags", async () => {
    const attempt = credentials((await identity.signIn("olga")).idToken, main.replace(/1$/, "3"));
    expect((await rejection(attempt)).name).to.equal("InvalidIdentityPoolConfigurationException");
  });

  it("knows no guests", async () => {
    for (const Logins of [undefined, {}]) {
      const { status, body } = await call("GetId", { IdentityPoolId: main, ...(Logins && { Logins }) });
      expect(status).to.equal(400);
      expect(body).to.deep.include({
        __type: "NotAuthorizedException",
        message: "Unauthenticated access is not supported for this identity pool.",
      });
    }
  });

  const tampered = (token: string) => token.replace(/.(?=[^.]*$)/, (char) => (char === "A" ? "B" : "A"));
  const refused: Readonly<Record<string, [token: () => Promise<string>, provider?: string]>> = {
    "an access token": [async () => (await identity.signIn("olga")).accessToken],
    "another client's ID token": [async () => (await identity.signIn("olga", "frank")).idToken],
    "an ID token with another signature": [async () => tampered((await identity.signIn("olga")).idToken)],
    "something that is no token": [async () => "x"],
    "an ID token in another provider's name": [
      async () => (await identity.signIn("olga")).idToken,
      "accounts.google.com",
    ],
    "an ID token in another user pool's name": [
      async () => (await identity.signIn("olga")).idToken,
      "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Names456",
    ],
    "an ID token that is over": [
      async () => {
        const { idToken } = await identity.signIn("olga");
        identity.pass(3601);
        return idToken;
      },
    ],
  };
  for (const [what, [token, providerName]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      const error = await rejection(credentials(await token(), main, providerName));
      expect(error.name).to.equal("NotAuthorizedException");
    });
  }

  it("refuses the token of a session that was revoked", async () => {
    const { idToken, refreshToken } = await identity.signIn("olga");
    await credentials(idToken);
    await identity.revoke(refreshToken);
    expect((await rejection(credentials(idToken))).name).to.equal("NotAuthorizedException");
  });

  it("gives nobody another's identity", async () => {
    const [olga, fred] = await Promise.all([identity.signIn("olga"), identity.signIn("fred")]);
    const { identityId } = await credentials(olga.idToken);
    const { status, body } = await call("GetCredentialsForIdentity", {
      IdentityId: identityId,
      Logins: { [provider]: fred.idToken },
    });
    expect(status).to.equal(400);
    expect(body.__type).to.equal("ResourceNotFoundException");
  });

  const unserved: Readonly<Record<string, object>> = {
    GetOpenIdToken: { IdentityId: main },
    ListIdentities: { IdentityPoolId: main, MaxResults: 1 },
    GetCredentialsForIdentity: { IdentityId: main, CustomRoleArn: roleArn("admin") },
  };
  for (const [operation, input] of Object.entries(unserved)) {
    it(`says that it does not serve ${operation} ${JSON.stringify(Object.keys(input))}`, async () => {
      const { status, body } = await call(operation, input);
      expect(status).to.equal(501);
      expect(body.message).to.include(operation);
    });
  }

  it("says which pool there is not, and which input is none", async () => {
    const absent = await call("GetId", { IdentityPoolId: main.replace(/1$/, "9") });
    expect(absent.body.__type).to.equal("ResourceNotFoundException");
    const invalid = await call("GetId", { IdentityPoolId: "../etc" });
    expect(invalid.body.__type).to.equal("InvalidParameterException");
  });

  it("answers pages of any origin, for it is browsers that ask", async () => {
    const { headers } = await call("GetId", { IdentityPoolId: main });
    expect(headers.get("access-control-allow-origin")).to.equal("*");
  });

  it("answers the AWS CLI", async function () {
    const { idToken } = await identity.signIn("olga");
    const ask = async (...args: string[]) => {
      const options = ["--region", "eu-central-1", "--endpoint-url", identity.url, "--output", "json"];
      const all = ["cognito-identity", ...args, "--logins", JSON.stringify({ [provider]: idToken }), ...options];
      const answer = await run("aws", all, { env: { PATH: process.env.PATH } }).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT" || process.env.LATCHKEY_REQUIRE_CLIENTS) throw error;
        },
      );
      return answer && JSON.parse(answer.stdout);
    };
    const found = await ask("get-id", "--identity-pool-id", main);
    if (!found) return this.skip();
    const { Credentials } = await ask("get-credentials-for-identity", "--identity-id", found.IdentityId);
    expect(Credentials.AccessKeyId).to.match(/^ASIA/);
  });

  const unsupported: Readonly<Record<string, [type: string, inputs: Record<string, unknown>]>> = {
    allowUnauthenticatedIdentities: [
      "aws:cognito/identityPool:IdentityPool",
      { identityPoolName: "guests", allowUnauthenticatedIdentities: true },
    ],
    samlProviderArns: ["aws:cognito/identityPool:IdentityPool", { identityPoolName: "saml", samlProviderArns: ["x"] }],
    roleMappings: [
      "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment",
      { identityPoolId: main, roles: {}, roleMappings: [{ identityProvider: provider, type: "Token" }] },
    ],
  };
  for (const [what, [type, inputs]] of Object.entries(unsupported)) {
    it(`refuses at start, by name, ${what}`, async () => {
      const error = await rejection(startTestIdentity(...resources, recorded(type, "odd", inputs)));
      expect(error.message).to.include(what).and.to.include(`${type} odd`);
    });
  }
});

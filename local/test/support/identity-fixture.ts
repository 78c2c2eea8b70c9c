import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { decodeJwt } from "jose";
import { type Account, createAccount } from "../../iam/account.ts";
import type { Credentials } from "../../iam/types.ts";
import type { DemoUser } from "../../identity/demo-users.ts";
import { type RunningIdentity, startIdentity } from "../../identity/start-identity.ts";
import type { RecordedResource } from "../../program/recording.ts";
import { recorded, recordingOf } from "./recorded.ts";
import { recordedRole, roleArn } from "./test-account.ts";

export const poolId = "eu-central-1_Photos123";
export const namesPoolId = "eu-central-1_Names456";
export const callbackUrl = "http://localhost:5173/callback";
export const logoutUrl = "http://localhost:5173/";

/** What a client is declared with to sign in at the hosted UI. */
export const hosted = {
  allowedOauthFlowsUserPoolClient: true,
  allowedOauthFlows: ["code"],
  allowedOauthScopes: ["openid", "email", "profile"],
  supportedIdentityProviders: ["COGNITO"],
  callbackUrls: [callbackUrl, "latchkey://signed-in"],
  logoutUrls: [logoutUrl],
};

/** An app client of the first pool, with an id and name alike. */
export function recordedClient(id: string, inputs: RecordedResource["inputs"], secret?: string): RecordedResource {
  return recorded(
    "aws:cognito/userPoolClient:UserPoolClient",
    id,
    { userPoolId: poolId, ...inputs },
    { id, name: id, ...(secret !== undefined && { clientSecret: secret }) },
  );
}

export function recordedPool(id: string, inputs: RecordedResource["inputs"]): RecordedResource {
  const arn = `arn:aws:cognito-idp:eu-central-1:000000000000:userpool/${id}`;
  return recorded("aws:cognito/userPool:UserPool", id, inputs, { id, arn, name: id });
}

export const backendSecret = "a-secret-of-the-backend-client";

/** One pool that signs in with email, as the platform's own does, and one with names and no hosted UI. */
const declared: readonly RecordedResource[] = [
  recordedPool(poolId, {
    usernameAttributes: ["email"],
    usernameConfiguration: { caseSensitive: false },
    autoVerifiedAttributes: ["email"],
    passwordPolicy: { minimumLength: 12, requireSymbols: true, temporaryPasswordValidityDays: 1 },
    adminCreateUserConfig: { allowAdminCreateUserOnly: false },
    deletionProtection: "ACTIVE",
  }),
  recorded("aws:cognito/userPoolDomain:UserPoolDomain", "domain", { userPoolId: poolId, domain: "latchkey-photos" }),
  recorded("aws:cognito/userGroup:UserGroup", "members", { userPoolId: poolId, name: "members" }),
  recordedClient("app", {
    ...hosted,
    explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    accessTokenValidity: 15,
    refreshTokenValidity: 30,
    tokenValidityUnits: { accessToken: "minutes", refreshToken: "days" },
    enableTokenRevocation: true,
    preventUserExistenceErrors: "ENABLED",
  }),
  recordedClient("srponly", { explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"], preventUserExistenceErrors: "ENABLED" }),
  recordedClient("frank", { explicitAuthFlows: ["USER_PASSWORD_AUTH"], enableTokenRevocation: false }),
  recordedClient(
    "backend",
    { ...hosted, generateSecret: true, explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
    backendSecret,
  ),
  recordedPool(namesPoolId, {
    adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    aliasAttributes: ["email"],
    schemas: [{ name: "email", attributeDataType: "String", required: true }],
  }),
  recordedClient("names", { ...hosted, userPoolId: namesPoolId, explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] }),
  ...recordedRole("lister", [
    {
      Effect: "Allow",
      Action: "cognito-idp:ListUsers",
      Resource: `arn:aws:cognito-idp:eu-central-1:000000000000:userpool/${poolId}`,
    },
  ]),
];

/** The claims of a token, unproved. */
export function claimsOf(token: string | undefined): Record<string, unknown> {
  return decodeJwt(token ?? "");
}

type Keys = Pick<Credentials, "accessKeyId" | "secretAccessKey" | "sessionToken">;

export interface TestIdentity {
  readonly url: string;
  readonly issuer: string;
  readonly logged: readonly string[];
  /** The folder that the service keeps its data in. */
  readonly dataDir: string;
  /** What the service takes the time to be. */
  readonly now: Date;
  /** Those of every pool. */
  readonly users: readonly DemoUser[];
  /** A demo user of the first pool, by the name before the @. */
  user(name: string): { username: string; password: string };
  /** A stock client that signs as the administrator, as a recorded role, with keys of its own, or not at all. */
  client(who?: "admin" | "lister" | "nobody" | Keys): CognitoIdentityProviderClient;
  /** Has an administrator make a user, who must replace the password. */
  invite(username: string, temporaryPassword: string, userPoolId?: string): Promise<void>;
  signIn(name: string, clientId?: string): Promise<{ accessToken: string; idToken: string; refreshToken: string }>;
  revoke(refreshToken: string, clientId?: string): Promise<void>;
  /** Moves the service's clock on; nothing else does. */
  pass(seconds: number): void;
  /** Ends the service and starts it again on the same data, as `npm start` does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestIdentity(...more: RecordedResource[]): Promise<TestIdentity> {
  const recording = recordingOf(...declared, ...more);
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-identity-"));
  const logged: string[] = [];
  // Stands still, so that no wait or expiry hangs on the machine's speed.
  let time = Date.now();
  const now = () => new Date(time);
  const account: Account = createAccount({ recording, dataDir, now });
  const { credentials, authorize } = account;
  const open = () =>
    startIdentity(
      { recording, dataDir, credentials, authorize, roles: account, now, log: (line) => logged.push(line) },
      { host: "127.0.0.1", port: 0 },
    );
  let running: RunningIdentity = await open();

  function user(name: string) {
    const found = running.users.find((it) => it.userPoolId === poolId && it.username === `${name}@example.com`);
    if (!found) throw new Error(`there is no demo user ${name}`);
    return found;
  }

  function keysOf(who: "admin" | "lister" | "nobody" | Keys): Keys {
    if (typeof who !== "string") return who;
    if (who === "nobody") return { accessKeyId: "none", secretAccessKey: "none" };
    return who === "admin" ? account.admin : account.sessionFor(roleArn(who));
  }

  function client(who: "admin" | "lister" | "nobody" | Keys = "nobody") {
    const { accessKeyId, secretAccessKey, sessionToken } = keysOf(who);
    return new CognitoIdentityProviderClient({
      region: recording.region,
      endpoint: running.url,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    });
  }

  return {
    get url() {
      return running.url;
    },
    get issuer() {
      return running.issuer(poolId);
    },
    get now() {
      return now();
    },
    get users() {
      return running.users;
    },
    logged,
    dataDir,
    user,
    client,
    async invite(Username, TemporaryPassword, UserPoolId = poolId) {
      await client("admin").send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword }));
    },
    async signIn(name, clientId = "app") {
      const { username, password } = user(name);
      const { AuthenticationResult: tokens } = await client().send(
        new InitiateAuthCommand({
          AuthFlow: "USER_PASSWORD_AUTH",
          ClientId: clientId,
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
      );
      return {
        accessToken: tokens?.AccessToken ?? "",
        idToken: tokens?.IdToken ?? "",
        refreshToken: tokens?.RefreshToken ?? "",
      };
    },
    async revoke(refreshToken, clientId = "app") {
      await client().send(new RevokeTokenCommand({ Token: refreshToken, ClientId: clientId }));
    },
    pass(seconds) {
      time += seconds * 1000;
    },
    async restart() {
      await running.close();
      running = await open();
    },
    async close() {
      await running.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type Credentials as IssuedCredentials,
  STSClient,
} from "@aws-sdk/client-sts";
import { expect } from "chai";
import { createSts } from "../sts/sts.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import {
  type ClientConfig,
  recordedRole,
  roleArn,
  startTestAccount,
  type TestAccount,
} from "./support/test-account.ts";

const run = promisify(execFile);
const json = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** A role that the statements of `trust` let others have. */
const trusting = (name: string, trust: object, inputs: object = {}) =>
  recorded(
    "aws:iam/role:Role",
    name,
    { name, assumeRolePolicy: json({ Effect: "Allow", Action: "sts:AssumeRole", ...trust }), ...inputs },
    { id: name, arn: roleArn(name) },
  );

const may = (roles: string) => [{ Effect: "Allow" as const, Action: "sts:AssumeRole", Resource: roleArn(roles) }];

describe("the local STS", () => {
  let now: Date;
  let cloud: TestAccount;
  before(async () => {
    const recording = recordingOf(
      ...recordedRole("api", may("upload*")),
      ...recordedRole("worker", []),
      trusting("upload", { Principal: { AWS: roleArn("api") } }),
      trusting(
        "upload-by-account",
        { Principal: { AWS: "arn:aws:iam::000000000000:root" } },
        { maxSessionDuration: 7200 },
      ),
      trusting("upload-with-id", {
        Principal: { AWS: roleArn("api") },
        Condition: { StringEquals: { "sts:ExternalId": "seven", "sts:RoleSessionName": "olga" } },
      }),
      trusting("other", { Principal: { AWS: roleArn("api") } }),
      trusting("nobody", { Principal: { AWS: "111111111111" } }),
    );
    cloud = await startTestAccount(
      recording,
      async (_, account) => [createSts(account)],
      () => now,
    );
  });
  after(() => cloud.close());
  beforeEach(() => {
    now = new Date();
  });

  const sts = (config: ClientConfig) => new STSClient(config);
  const assume = (config: ClientConfig, role: string, input: Partial<AssumeRoleCommandInput> = {}) =>
    sts(config).send(new AssumeRoleCommand({ RoleArn: roleArn(role), RoleSessionName: "olga", ...input }));
  const as = (credentials: IssuedCredentials | undefined): ClientConfig => ({
    ...cloud.client(),
    credentials: {
      accessKeyId: credentials?.AccessKeyId ?? "",
      secretAccessKey: credentials?.SecretAccessKey ?? "",
      sessionToken: credentials?.SessionToken ?? "",
    },
  });

  it("tells the administrator who they are", async () => {
    const { Arn, Account, UserId } = await sts(cloud.client()).send(new GetCallerIdentityCommand());
    expect({ Arn, Account }).to.deep.equal({ Arn: "arn:aws:iam::000000000000:user/admin", Account: "000000000000" });
    expect(UserId).to.match(/^AIDA/);
  });

  it("tells a session who it is", async () => {
    const { Credentials } = await assume(cloud.client(roleArn("api")), "upload");
    const { Arn, UserId } = await sts(as(Credentials)).send(new GetCallerIdentityCommand());
    expect(Arn).to.equal("arn:aws:sts::000000000000:assumed-role/upload/olga");
    expect(UserId).to.match(/^AROA[A-Z2-7]{17}:olga$/);
  });

  it("tells a service nothing, for it is nobody's identity", async () => {
    const { accessKeyId, secretAccessKey } = cloud.account.serviceCredentials("sns.amazonaws.com", "arn:aws:sns:::t");
    const service = { ...cloud.client(), credentials: { accessKeyId, secretAccessKey } };
    const error = await rejection(sts(service).send(new GetCallerIdentityCommand()));
    expect(error).to.have.property("name", "AccessDenied");
  });

  it("answers the AWS CLI", async function () {
    const { endpoint, region, credentials } = cloud.client();
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL_STS: endpoint,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const cli = await run("aws", ["sts", "get-caller-identity"], { env }).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    if (cli instanceof Error && cli.code === "ENOENT") return this.skip();
    expect(cli).to.have.property("stdout").that.includes("arn:aws:iam::000000000000:user/admin");
  });

  describe("gives a role to", () => {
    const cases: [title: string, caller: string | undefined, role: string, input?: Partial<AssumeRoleCommandInput>][] =
      [
        ["whom its trust policy names, whatever their own policies say", "api", "other"],
        ["whom it names and who may have it", "api", "upload"],
        ["whoever of the account that it names may have it", "api", "upload-by-account"],
        ["the administrator of the account that it names", undefined, "upload-by-account"],
        ["whoever meets its conditions", "api", "upload-with-id", { ExternalId: "seven" }],
      ];
    for (const [title, caller, role, input] of cases) {
      it(title, async () => {
        const { AssumedRoleUser, Credentials } = await assume(cloud.client(caller && roleArn(caller)), role, input);
        expect(AssumedRoleUser?.Arn).to.equal(`arn:aws:sts::000000000000:assumed-role/${role}/olga`);
        expect(Credentials?.Expiration?.getTime()).to.be.closeTo(now.getTime() + 3_600_000, 60_000);
      });
    }
  });

  describe("gives no role to", () => {
    const cases: [title: string, caller: string | undefined, role: string, input?: Partial<AssumeRoleCommandInput>][] =
      [
        ["whom its trust policy does not name, be it the administrator", undefined, "upload"],
        ["whoever may have it but is of another account than it names", undefined, "nobody"],
        ["whoever of the account that it names may not have it", "worker", "upload-by-account"],
        ["whoever fails its conditions", "api", "upload-with-id", { ExternalId: "eight" }],
        ["whoever leaves out what its conditions ask for", "api", "upload-with-id"],
        [
          "whoever bears another name than its conditions ask for",
          "api",
          "upload-with-id",
          { ExternalId: "seven", RoleSessionName: "gus" },
        ],
        ["anyone, when a service is all that it trusts", "api", "worker"],
        ["anyone, when it does not exist", "api", "missing"],
      ];
    for (const [title, caller, role, input] of cases) {
      it(title, async () => {
        const error = await rejection(assume(cloud.client(caller && roleArn(caller)), role, input));
        expect(error).to.have.property("name", "AccessDenied");
        expect(error.message).to.match(/^User: arn:aws:.* is not authorized to perform: sts:AssumeRole on resource: /);
      });
    }
  });

  describe("refuses", () => {
    const policyOf = (length: number) => json({ Effect: "Allow", Action: "s3:*", Resource: "a".repeat(length) });
    const cases: [title: string, input: Partial<AssumeRoleCommandInput>, name: string][] = [
      ["a session of less than 15 minutes", { DurationSeconds: 899 }, "ValidationError"],
      ["a session of more than the role's longest", { DurationSeconds: 7201 }, "ValidationError"],
      ["a session without a name", { RoleSessionName: "" }, "ValidationError"],
      ["a session with a name of one letter", { RoleSessionName: "a" }, "ValidationError"],
      ["a session with a slash in its name", { RoleSessionName: "a/b" }, "ValidationError"],
      ["a session with a name of 65 letters", { RoleSessionName: "a".repeat(65) }, "ValidationError"],
      ["a session policy of more than 2,048 characters", { Policy: policyOf(2048) }, "PackedPolicyTooLarge"],
      ["a session policy that is not JSON", { Policy: "{" }, "MalformedPolicyDocument"],
      [
        "a session policy that names a principal",
        { Policy: json({ Effect: "Allow", Action: "s3:*", Resource: "*", Principal: "*" }) },
        "MalformedPolicyDocument",
      ],
      ["session tags", { Tags: [{ Key: "a", Value: "b" }] }, "NotImplemented"],
      [
        "managed session policies",
        { PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] },
        "NotImplemented",
      ],
    ];
    for (const [title, input, name] of cases) {
      it(`${title} with ${name}`, async () => {
        const error = await rejection(assume(cloud.client(), "upload-by-account", input));
        expect(error.name).to.match(new RegExp(`^${name}(Exception)?$`));
      });
    }

    it("a session of more than an hour to another session", async () => {
      const error = await rejection(
        assume(cloud.client(roleArn("api")), "upload-by-account", { DurationSeconds: 3601 }),
      );
      expect(error).to.have.property("name", "ValidationError");
      expect(error.message).to.include("900 to 3600");
    });

    it("what it does not implement by its name, and what comes unsigned", async () => {
      const token = rejection(sts(cloud.client()).send(new GetSessionTokenCommand()));
      expect((await token).message).to.include("sts:GetSessionToken");
      const web = new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleArn("upload"),
        RoleSessionName: "a",
        WebIdentityToken: "a.b.c",
      });
      expect(await rejection(sts(cloud.client()).send(web))).to.have.property("name", "MissingAuthenticationToken");
    });
  });

  it("gives as long a session as was asked for, and ends it then", async () => {
    const { Credentials } = await assume(cloud.client(), "upload-by-account", { DurationSeconds: 7200 });
    const caller = sts({ ...as(Credentials), maxAttempts: 1 });
    expect((await caller.send(new GetCallerIdentityCommand())).Arn).to.include("/upload-by-account/");
    now = new Date(now.getTime() + 7_200_000);
    const late = new STSClient({ ...as(Credentials), systemClockOffset: 7_200_000 });
    expect(await rejection(late.send(new GetCallerIdentityCommand())))
      .to.have.property("name")
      .that.matches(/^ExpiredToken/);
  });

  it("holds a session to the policy that came with it", async () => {
    const Policy = json({ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::photos/uploads/olga/*" });
    const { Credentials } = await assume(cloud.client(roleArn("api")), "upload", { Policy });
    const { principal } = cloud.context.credentials(Credentials?.AccessKeyId ?? "") ?? {};
    expect(principal).to.have.nested.property("sessionPolicies[0].Statement[0].Action", "s3:PutObject");
  });
});

import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Account, createAccount, RoleNotFoundError } from "../iam/account.ts";
import { parsePolicy } from "../iam/parse-policy.ts";
import { PolicyError } from "../iam/policy-error.ts";
import type { Credentials, PolicyDocument } from "../iam/types.ts";
import type { RecordedResource } from "../program/recording.ts";
import { recorded, recordingOf } from "./support/recorded.ts";

const now = new Date("2026-03-01T12:00:00Z");
const arn = "arn:aws:iam::000000000000:role/latchkey/worker";
const object = "arn:aws:s3:::photos/media/1";
const json = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const allow = (Action: string) => json({ Effect: "Allow", Action, Resource: "*" });
const trust = json({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });

const role = (inputs: object = {}) =>
  recorded(
    "aws:iam/role:Role",
    "worker",
    { name: "worker", path: "/latchkey/", assumeRolePolicy: trust, ...inputs },
    { id: "worker", arn },
  );
const rolePolicy = (policy: unknown, inputs: object = {}) =>
  recorded("aws:iam/rolePolicy:RolePolicy", "worker-policy", { role: "worker", policy, ...inputs });
const managed = (name: string, policy: string) =>
  recorded("aws:iam/policy:Policy", name, { policy }, { arn: `arn:aws:iam::000000000000:policy/${name}` });
const attachment = (policyArn: string) =>
  recorded("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "worker-attachment", { role: "worker", policyArn });

describe("the account", () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "latchkey-account-"));
  });
  after(() => rm(dataDir, { recursive: true }));

  const open = (resources: RecordedResource[] = [], clock = () => now) =>
    createAccount({ recording: recordingOf(...resources), dataDir, now: clock });

  const may = (account: Account, action: string, { principal }: Credentials, resourcePolicy?: PolicyDocument) =>
    account.authorize({ principal, action, resource: object, context: {}, resourcePolicy }).allowed;

  describe("reads a role's policies from", () => {
    const own = "arn:aws:iam::000000000000:policy/reading";
    const sources: [title: string, resources: RecordedResource[]][] = [
      ["a RolePolicy by the role's name", [role(), rolePolicy(allow("s3:GetObject"))]],
      ["a RolePolicy that is an object already", [role(), rolePolicy(JSON.parse(allow("s3:GetObject")))]],
      ["its inline policies", [role({ inlinePolicies: [{ name: "reading", policy: allow("s3:GetObject") }] })]],
      ["its managed policies", [role({ managedPolicyArns: [own] }), managed("reading", allow("s3:GetObject"))]],
      ["an attachment of a managed policy", [role(), managed("reading", allow("s3:GetObject")), attachment(own)]],
      ["an attachment of AWS's own policy", [role(), attachment("arn:aws:iam::aws:policy/AdministratorAccess")]],
    ];
    for (const [title, resources] of sources) {
      it(title, () => {
        const account = open(resources);
        expect(may(account, "s3:GetObject", account.sessionFor(arn))).to.equal(true);
      });
    }

    it("nothing that is on another role", () => {
      const account = open([role(), rolePolicy(allow("s3:GetObject"), { role: "worker2" })]);
      expect(may(account, "s3:GetObject", account.sessionFor(arn))).to.equal(false);
    });

    it("its boundary, which caps the others", () => {
      const boundary = "arn:aws:iam::000000000000:policy/boundary";
      const resources = [
        role({ permissionsBoundary: boundary }),
        managed("boundary", allow("s3:Get*")),
        rolePolicy(allow("s3:*")),
      ];
      const account = open(resources);
      expect(may(account, "s3:GetObject", account.sessionFor(arn))).to.equal(true);
      expect(may(account, "s3:PutObject", account.sessionFor(arn))).to.equal(false);
    });

    it("a recording that still grows", () => {
      const resources = [role()];
      const recording = { ...recordingOf(), resources };
      const account = createAccount({ recording, dataDir, now: () => now });
      const session = account.sessionFor(arn);
      expect(may(account, "s3:GetObject", session)).to.equal(false);
      resources.push(rolePolicy(allow("s3:GetObject")));
      expect(may(account, "s3:GetObject", session)).to.equal(true);
    });
  });

  describe("refuses, and names,", () => {
    const broken: [title: string, resources: RecordedResource[], message: RegExp][] = [
      [
        "AWS's own policy that it does not know",
        [role(), attachment("arn:aws:iam::aws:policy/PowerUserAccess")],
        /PowerUserAccess is not known.*AWSLambdaBasicExecutionRole/,
      ],
      [
        "a policy that the program does not declare",
        [role(), attachment("arn:aws:iam::000000000000:policy/missing")],
        /policy\/missing but does not declare it/,
      ],
      [
        "the resource of a malformed policy",
        [role(), rolePolicy(allow("GetObject"))],
        /^aws:iam\/rolePolicy:RolePolicy worker-policy: /,
      ],
      ["the role of a malformed trust policy", [role({ assumeRolePolicy: "{" })], /^aws:iam\/role:Role worker: /],
    ];
    for (const [title, resources, message] of broken) {
      it(title, () => expect(() => open(resources).sessionFor(arn)).to.throw(PolicyError, message));
    }

    it("a role that the program does not declare", () => {
      expect(() => open().sessionFor(arn)).to.throw(RoleNotFoundError, arn);
    });

    it("nothing of a role that is gone from the program, which may then do nothing", () => {
      const session = open([role(), rolePolicy(allow("s3:*"))]).sessionFor(arn);
      expect(may(open(), "s3:GetObject", session)).to.equal(false);
    });
  });

  describe("a session", () => {
    it("speaks for its role, under its own name", () => {
      const account = open([role()]);
      const { principal, accessKeyId, sessionToken } = account.sessionFor(arn, { sessionName: "upload-1" });
      expect(principal).to.include({
        kind: "role",
        roleArn: arn,
        arn: "arn:aws:sts::000000000000:assumed-role/worker/upload-1",
      });
      expect(principal)
        .to.have.property("userId")
        .that.matches(/^AROA[A-Z2-7]{17}:upload-1$/);
      expect(accessKeyId).to.match(/^ASIA[A-Z2-7]{16}$/);
      expect(sessionToken).to.have.length.above(100);
    });

    it("can only narrow what its role may do", () => {
      const account = open([role(), rolePolicy(allow("s3:Get*"))]);
      const sessionPolicies = [parsePolicy(allow("s3:*Object"), "identity")];
      const session = account.sessionFor(arn, { sessionPolicies });
      expect(may(account, "s3:GetObject", session)).to.equal(true);
      expect(may(account, "s3:PutObject", session)).to.equal(false);
      expect(may(account, "s3:GetObjectVersion", session)).to.equal(false);
    });

    it("lasts 12 hours unless told otherwise", () => {
      const account = open([role()]);
      expect(account.sessionFor(arn).expiresAt).to.deep.equal(new Date("2026-03-02T00:00:00Z"));
      expect(account.sessionFor(arn, { seconds: 900 }).expiresAt).to.deep.equal(new Date("2026-03-01T12:15:00Z"));
    });

    it("is found by its key until long after its end, and then forgotten", () => {
      let clock = now;
      const account = open([role()], () => clock);
      const first = account.sessionFor(arn, { seconds: 900 });
      clock = new Date(now.getTime() + 901_000);
      expect(account.credentials(first.accessKeyId)).to.equal(first);
      for (let count = 0; count < 1000; count++) account.sessionFor(arn);
      expect(account.credentials(first.accessKeyId)).to.equal(undefined);
    });
  });

  describe("the administrator", () => {
    const bucketPolicy = (Effect: string) =>
      parsePolicy(json({ Effect, Principal: "*", Action: "s3:*", Resource: "*" }), "resource");

    it("may do all but what a resource-based policy denies", () => {
      const account = open();
      expect(may(account, "s3:DeleteBucket", account.admin)).to.equal(true);
      expect(may(account, "s3:DeleteBucket", account.admin, bucketPolicy("Deny"))).to.equal(false);
    });

    it("keeps one key across restarts, in a file for its owner only", async () => {
      const { accessKeyId, secretAccessKey } = open().admin;
      expect(open().admin).to.include({ accessKeyId, secretAccessKey });
      expect((await stat(join(dataDir, "admin-key.json"))).mode & 0o777).to.equal(0o600);
    });

    it("has a key of their own in every data folder", async () => {
      const other = await mkdtemp(join(tmpdir(), "latchkey-account-"));
      const { admin } = createAccount({ recording: recordingOf(), dataDir: other, now: () => now });
      await rm(other, { recursive: true });
      expect(admin.secretAccessKey).not.to.equal(open().admin.secretAccessKey);
    });

    for (const damaged of [
      "",
      "{",
      "null",
      '{"accessKeyId":"AKIA"}',
      '{"accessKeyId":"AKIAAAAAAAAAAAAAAAAA","secretAccessKey":""}',
    ]) {
      it(`is told what to do about a key file that holds ${damaged || "nothing"}`, async () => {
        const path = join(dataDir, "admin-key.json");
        const intact = await readFile(path);
        await writeFile(path, damaged);
        expect(() => open()).to.throw(`${path} is damaged: delete it`);
        await writeFile(path, intact);
        await chmod(path, 0o600);
      });
    }
  });

  describe("a service", () => {
    it("has one key for each resource that it acts for", () => {
      const account = open();
      const first = account.serviceCredentials(
        "cloudfront.amazonaws.com",
        "arn:aws:cloudfront::000000000000:distribution/E1",
      );
      expect(
        account.serviceCredentials("cloudfront.amazonaws.com", "arn:aws:cloudfront::000000000000:distribution/E1"),
      ).to.equal(first);
      expect(
        account.serviceCredentials("cloudfront.amazonaws.com", "arn:aws:cloudfront::000000000000:distribution/E2"),
      ).not.to.equal(first);
      expect(account.credentials(first.accessKeyId)).to.equal(first);
    });
  });

  it("stands loopback for TLS, and tells policies the time and the region", () => {
    const account = open([role(), rolePolicy(allow("s3:*"))]);
    const session = account.sessionFor(arn);
    const denied = (Condition: object) => {
      const policy = json({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", Condition });
      return !may(account, "s3:GetObject", session, parsePolicy(policy, "resource"));
    };
    expect(denied({ Bool: { "aws:SecureTransport": "false" } })).to.equal(false);
    expect(denied({ NumericLessThan: { "s3:TlsVersion": "1.2" } })).to.equal(false);
    expect(denied({ NumericLessThan: { "s3:TlsVersion": "1.4" } })).to.equal(true);
    expect(denied({ DateEquals: { "aws:CurrentTime": "2026-03-01T12:00:00Z" } })).to.equal(true);
    expect(
      denied({ StringEquals: { "aws:RequestedRegion": "eu-central-1", "aws:ResourceAccount": "000000000000" } }),
    ).to.equal(true);
  });
});

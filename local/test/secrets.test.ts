import { randomUUID } from "node:crypto";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { createSecrets } from "../secrets/secrets.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";

const secretArn = (name: string) => `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${name}-AbCdEf`;

function recordedSecret(name: string, inputs: RecordedResource["inputs"] = {}): RecordedResource {
  const arn = secretArn(name);
  return recorded("aws:secretsmanager/secret:Secret", name, { name, ...inputs }, { id: arn, arn });
}

const resources = [
  ...["slot-a", "empty", "staged", "kept", "bytes"].map((name) => recordedSecret(name)),
  recordedSecret("sealed"),
  recorded("aws:secretsmanager/secretPolicy:SecretPolicy", "sealed", {
    secretArn: secretArn("sealed"),
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" }],
    }),
  }),
  recordedSecret("declared"),
  recorded("aws:secretsmanager/secretVersion:SecretVersion", "declared", {
    secretId: secretArn("declared"),
    secretString: "from the program",
  }),
  ...recordedRole("reader", [
    {
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: secretArn("slot-a"),
      Condition: { StringEquals: { "secretsmanager:VersionStage": "AWSCURRENT" } },
    },
  ]),
];

describe("the local Secrets Manager, asked by a stock client", () => {
  let test: TestAccount;
  let secrets: SecretsManagerClient;

  before(async () => {
    test = await startTestAccount(recordingOf(...resources), async (context) => [
      createSecrets({ ...context, invoke: async () => "null" }),
    ]);
    secrets = new SecretsManagerClient(test.client());
  });
  after(() => test.close());

  const put = (SecretId: string, SecretString: string, more: Partial<PutSecretValueCommandInput> = {}) =>
    secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }));
  const get = async (SecretId: string, more: Partial<GetSecretValueCommandInput> = {}) =>
    secrets.send(new GetSecretValueCommand({ SecretId, ...more }));

  it("answers the newest value by name, by ARN and by the ARN without its end, and the one before it by its stage", async () => {
    await put("slot-a", "first");
    await put(secretArn("slot-a"), "second");
    for (const id of ["slot-a", secretArn("slot-a"), secretArn("slot-a").slice(0, -7)]) {
      expect(await get(id)).to.deep.include({
        ARN: secretArn("slot-a"),
        Name: "slot-a",
        SecretString: "second",
        VersionStages: ["AWSCURRENT"],
      });
    }
    expect((await get("slot-a", { VersionStage: "AWSPREVIOUS" })).SecretString).to.equal("first");
  });

  it("takes a repeated put for one, and refuses another value under the same token", async () => {
    const ClientRequestToken = randomUUID();
    await put("kept", "the same", { ClientRequestToken });
    await put("kept", "the same", { ClientRequestToken });
    const { Versions } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: "kept" }));
    expect(Versions?.map(({ VersionId }) => VersionId)).to.deep.equal([ClientRequestToken]);
    const other = put("kept", "another", { ClientRequestToken });
    expect((await rejection(other)).name).to.equal("ResourceExistsException");
  });

  it("rotates by a pending version that becomes the current one", async () => {
    const old = await put("staged", "old");
    const next = await put("staged", "new", { VersionStages: ["AWSPENDING"] });
    expect((await get("staged")).SecretString).to.equal("old");
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: "staged",
        VersionStage: "AWSCURRENT",
        MoveToVersionId: next.VersionId,
        RemoveFromVersionId: old.VersionId,
      }),
    );
    expect((await get("staged")).SecretString).to.equal("new");
    const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: "staged" }));
    expect(VersionIdsToStages).to.deep.equal({
      [old.VersionId ?? ""]: ["AWSPREVIOUS"],
      [next.VersionId ?? ""]: ["AWSCURRENT", "AWSPENDING"],
    });
    const stale = new UpdateSecretVersionStageCommand({
      SecretId: "staged",
      VersionStage: "AWSCURRENT",
      MoveToVersionId: old.VersionId,
      RemoveFromVersionId: old.VersionId,
    });
    expect((await rejection(secrets.send(stale))).name).to.equal("InvalidParameterException");
  });

  it("carries bytes", async () => {
    const SecretBinary = Uint8Array.of(0, 255, 1);
    await secrets.send(new PutSecretValueCommand({ SecretId: "bytes", SecretBinary }));
    expect((await get("bytes")).SecretBinary).to.deep.equal(SecretBinary);
  });

  it("holds the value that the program gives, until somebody puts another", async () => {
    expect((await get("declared")).SecretString).to.equal("from the program");
    await put("declared", "rotated");
    expect((await get("declared")).SecretString).to.equal("rotated");
  });

  const refused: [string, () => Promise<unknown>, string][] = [
    ["a secret that the program does not declare", () => get("unknown"), "ResourceNotFoundException"],
    ["a secret without a value", () => get("empty"), "ResourceNotFoundException"],
    ["a version that is not there", () => get("slot-a", { VersionId: randomUUID() }), "ResourceNotFoundException"],
    ["a value over 64 KB", () => put("kept", "x".repeat(65_537)), "InvalidParameterException"],
    [
      "a put of nothing",
      () => secrets.send(new PutSecretValueCommand({ SecretId: "kept" })),
      "InvalidParameterException",
    ],
    ["whom the secret's own policy denies", () => get("sealed"), "AccessDeniedException"],
  ];
  for (const [what, attempt, error] of refused) {
    it(`refuses ${what} with ${error}`, async () => {
      expect((await rejection(attempt())).name).to.equal(error);
    });
  }

  it("asks IAM for the very secret and stage", async () => {
    const reader = new SecretsManagerClient(test.client(roleArn("reader")));
    const read = (SecretId: string, VersionStage?: string) =>
      reader.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    expect((await read("slot-a")).SecretString).to.equal("second");
    const forbidden = [
      read("slot-a", "AWSPREVIOUS"),
      read("kept"),
      reader.send(new PutSecretValueCommand({ SecretId: "slot-a", SecretString: "x" })),
      reader.send(new DescribeSecretCommand({ SecretId: "slot-a" })),
    ];
    for (const attempt of forbidden) expect((await rejection(attempt)).name).to.equal("AccessDeniedException");
  });

  it("keeps values over a restart, where a value of the program's does not come back over a later one", async () => {
    await test.restart();
    secrets = new SecretsManagerClient(test.client());
    expect((await get("slot-a")).SecretString).to.equal("second");
    expect((await get("declared")).SecretString).to.equal("rotated");
  });
});

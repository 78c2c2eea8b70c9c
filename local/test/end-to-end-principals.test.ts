import { CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { expect } from "chai";
import { declaredSigningApi } from "../declared.ts";
import type { Credentials } from "../iam/types.ts";
import { resourcesOf } from "../program/recording.ts";
import { s3ClientOf, startTestCloud, type TestCloud } from "./support/test-cloud.ts";

type Outcome = "allowed" | "denied";
type Attempt = (session: Credentials) => Promise<unknown>;

/** Whether IAM let the call through; what became of it afterwards (no such key, say) does not matter here. */
async function outcomeOf(attempt: Promise<unknown>): Promise<Outcome> {
  return attempt.then(
    () => "allowed",
    (error: Error) => {
      if (/^(AccessDenied|AuthorizationError)/.test(error.name)) return "denied";
      if (["NoSuchKey", "NotFound", "PreconditionFailed"].includes(error.name)) return "allowed";
      throw error;
    },
  );
}

describe("what each principal may do at the running services", () => {
  let cloud: TestCloud;
  before(async () => {
    cloud = await startTestCloud();
  });
  after(() => cloud.stop());

  const client = <T>(Client: new (config: object) => T, session: Credentials): T =>
    new Client({ region: cloud.region, endpoint: cloud.aws, credentials: session, maxAttempts: 1 });
  const put =
    (Key: string, more: object = { IfNoneMatch: "*" }): Attempt =>
    (session) =>
      s3ClientOf(cloud, session).send(new PutObjectCommand({ Bucket: cloud.bucket, Key, Body: "x", ...more }));
  const get =
    (Key: string): Attempt =>
    (session) =>
      s3ClientOf(cloud, session).send(new GetObjectCommand({ Bucket: cloud.bucket, Key }));
  const remove =
    (Key: string): Attempt =>
    (session) =>
      s3ClientOf(cloud, session).send(new DeleteObjectCommand({ Bucket: cloud.bucket, Key }));
  const list: Attempt = (session) =>
    s3ClientOf(cloud, session).send(new ListObjectsV2Command({ Bucket: cloud.bucket }));
  const onTable =
    (command: (TableName: string) => GetItemCommand | ScanCommand | DeleteItemCommand): Attempt =>
    (session) =>
      client(DynamoDBClient, session).send(command(cloud.table) as GetItemCommand);
  const key = { pk: { S: "PHOTO#1" }, sk: { S: "PHOTO" } };
  const readItem = onTable((TableName) => new GetItemCommand({ TableName, Key: key }));
  const scan = onTable((TableName) => new ScanCommand({ TableName }));
  const deleteItem = onTable((TableName) => new DeleteItemCommand({ TableName, Key: key }));
  const readSecret =
    (slot: "a" | "b"): Attempt =>
    (session) =>
      client(SecretsManagerClient, session).send(
        new GetSecretValueCommand({ SecretId: idOf("aws:secretsmanager/secret:Secret", `latchkey-signer-${slot}`) }),
      );
  const publish: Attempt = (session) =>
    client(SNSClient, session).send(
      new PublishCommand({ TopicArn: String(cloud.recording.outputs.topicArn), Message: "{}" }),
    );
  const invalidate: Attempt = (session) =>
    client(CloudFrontClient, session).send(
      new CreateInvalidationCommand({
        DistributionId: idOf("aws:cloudfront/distribution:Distribution", "latchkey-cdn"),
        InvalidationBatch: { CallerReference: crypto.randomUUID(), Paths: { Quantity: 1, Items: ["/media/1/*"] } },
      }),
    );

  function idOf(type: string, name: string): string {
    return resourcesOf(cloud.recording, type).find((resource) => resource.name === name)?.id ?? expect.fail(name);
  }

  const apiRole = () => declaredSigningApi(cloud.recording).roleArn;
  const workerRole = () => {
    const role = "latchkey-renditions-worker-role";
    const found = resourcesOf(cloud.recording, "aws:iam/role:Role").find(({ name }) => name === role);
    return String(found?.outputs.arn);
  };

  const cases: readonly [principal: string, roleArn: () => string, action: string, attempt: Attempt, Outcome][] = [
    ["the signing API", apiRole, "put into uploads/", put("uploads/1/1"), "allowed"],
    ["the signing API", apiRole, "put into uploads/ without If-None-Match", put("uploads/1/2", {}), "denied"],
    ["the signing API", apiRole, "put into media/", put("media/1/640.webp"), "denied"],
    ["the signing API", apiRole, "put into originals/", put("originals/1"), "denied"],
    ["the signing API", apiRole, "delete an upload", remove("uploads/1/1"), "allowed"],
    ["the signing API", apiRole, "delete an original", remove("originals/1"), "allowed"],
    ["the signing API", apiRole, "delete a rendition", remove("media/1/640.webp"), "denied"],
    ["the signing API", apiRole, "read an upload", get("uploads/1/1"), "denied"],
    ["the signing API", apiRole, "read a rendition", get("media/1/640.webp"), "denied"],
    ["the signing API", apiRole, "list the bucket", list, "denied"],
    ["the signing API", apiRole, "read a photo's item", readItem, "allowed"],
    ["the signing API", apiRole, "scan the table", scan, "denied"],
    ["the signing API", apiRole, "delete a photo's item", deleteItem, "denied"],
    ["the signing API", apiRole, "read the secret that signs", readSecret("a"), "allowed"],
    ["the signing API", apiRole, "read the other slot's secret", readSecret("b"), "denied"],
    ["the signing API", apiRole, "publish to the topic", publish, "denied"],
    ["the signing API", apiRole, "invalidate the CDN", invalidate, "denied"],
    ["the worker", workerRole, "read an upload", get("uploads/1/1"), "allowed"],
    ["the worker", workerRole, "read an original", get("originals/1"), "denied"],
    ["the worker", workerRole, "put into uploads/", put("uploads/1/3"), "denied"],
    ["the worker", workerRole, "put into media/", put("media/1/640.webp"), "allowed"],
    ["the worker", workerRole, "put into originals/", put("originals/1"), "allowed"],
    ["the worker", workerRole, "put anywhere else", put("elsewhere/1"), "denied"],
    ["the worker", workerRole, "read the signing secret", readSecret("a"), "denied"],
    ["the worker", workerRole, "scan the table", scan, "denied"],
    ["the worker", workerRole, "publish to the topic", publish, "allowed"],
    ["the worker", workerRole, "invalidate the CDN", invalidate, "allowed"],
  ];
  for (const [principal, roleArn, action, attempt, expected] of cases) {
    it(`${principal} ${expected === "allowed" ? "may" : "may not"} ${action}`, async () => {
      expect(await outcomeOf(attempt(cloud.sessionFor(roleArn())))).to.equal(expected);
    });
  }

  it("nobody signed reads through the bucket's own door, not even by a public request", async () => {
    for (const key of ["media/1/640.webp", "originals/1", "uploads/1/1"]) {
      expect((await fetch(`${cloud.s3}/${cloud.bucket}/${key}`)).status, key).to.equal(403);
    }
  });

  it("another distribution of CloudFront reads nothing", async () => {
    const other = cloud.serviceCredentials(
      "cloudfront.amazonaws.com",
      `arn:aws:cloudfront::${cloud.recording.accountId}:distribution/EOTHERDISTRIBUTION`,
    );
    expect(await outcomeOf(get("media/1/640.webp")(other))).to.equal("denied");
  });

  it("this distribution reads media and originals, no upload, and writes nothing", async () => {
    const id = idOf("aws:cloudfront/distribution:Distribution", "latchkey-cdn");
    const ours = cloud.serviceCredentials(
      "cloudfront.amazonaws.com",
      `arn:aws:cloudfront::${cloud.recording.accountId}:distribution/${id}`,
    );
    expect(await outcomeOf(get("media/1/640.webp")(ours))).to.equal("allowed");
    expect(await outcomeOf(get("originals/1")(ours))).to.equal("allowed");
    expect(await outcomeOf(get("uploads/1/1")(ours))).to.equal("denied");
    expect(await outcomeOf(put("media/1/1")(ours))).to.equal("denied");
  });
});

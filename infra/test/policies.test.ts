import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Account, createAccount } from "../../local/iam/account.ts";
import type { ConditionContext, PolicyDocument, Principal } from "../../local/iam/types.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../../local/program/recording.ts";
import type { Statement } from "../policies/document.ts";
import { declare, json, theOne } from "./support/declared.ts";

const otherAccount = "111111111111";
const deployRole = "arn:aws:iam::000000000000:role/latchkey-deploy";

/** What adds policies, all of it on. */
const options = {
  "latchkey:adminMfa": "true",
  "latchkey:adminRoles": JSON.stringify([deployRole]),
  "latchkey:auditorAccount": otherAccount,
  "latchkey:auditorExternalId": "agreed-on-with-acme",
};

const everything = { Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" } as const;

/** A policy's resource, as if somebody had added a statement. */
function withStatement(resource: RecordedResource, statement: Statement): RecordedResource {
  const { Version, Statement } = json(resource, "policy");
  const policy = JSON.stringify({ Version, Statement: [...Statement, statement] });
  return { ...resource, inputs: { ...resource.inputs, policy } };
}

describe("Who may do what, by the policies that the program declares", () => {
  let recording: Recording;
  let account: Account;
  let dataDir: string;

  before(async () => {
    recording = await declare("dev", options);
    dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
    account = createAccount({ recording, dataDir, now: () => new Date() });
  });
  after(() => rm(dataDir, { recursive: true }));

  const arnOf = (type: string, name?: string) => String(theOne(recording, type, name).outputs.arn);
  const bucket = (key = "") => `${arnOf("aws:s3/bucket:Bucket", "latchkey-media")}${key && `/${key}`}`;
  const table = (rest = "") => `${arnOf("aws:dynamodb/table:Table")}${rest}`;
  const originSecret = () => arnOf("aws:secretsmanager/secret:Secret", "latchkey-api-origin");
  const secret = (slot: string) => arnOf("aws:secretsmanager/secret:Secret", `latchkey-signer-${slot}`);
  const queue = () => arnOf("aws:sqs/queue:Queue", "latchkey-renditions-queue");
  const removals = () => arnOf("aws:sqs/queue:Queue", "latchkey-renditions-queue-removals");
  const topic = () => arnOf("aws:sns/topic:Topic", "latchkey-renditions-topic");
  const key = () => arnOf("aws:kms/key:Key", "latchkey-key");
  const role = (name: string) => arnOf("aws:iam/role:Role", name);
  const logBucket = (key = "") => `${arnOf("aws:s3/bucket:Bucket", "latchkey-audit-logs")}${key && `/${key}`}`;
  const trail = () => arnOf("aws:cloudtrail/trail:Trail");
  const logGroup = (name: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${name}:*`;
  const configRule = "arn:aws:config:us-east-1:000000000000:config-rule/config-rule-abc123";
  const apiDistribution = () => arnOf("aws:cloudfront/distribution:Distribution", "latchkey-api-edge");
  const distribution = () => arnOf("aws:cloudfront/distribution:Distribution", "latchkey-cdn");

  const principals = {
    api: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-api-role")).principal,
    worker: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-renditions-worker-role")).principal,
    "an upload session of olga's": () =>
      account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-api-upload-role"), {
        sessionPolicies: [
          {
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Action: ["s3:*"], Resource: [bucket("uploads/olga/*")] },
              { Effect: "Allow", Action: ["kms:*"], Resource: "*" },
            ],
          },
        ],
      }).principal,
    "olga, by the identity pool": () => federated({ "aws:PrincipalTag/userId": "olga" }),
    "a user of the identity pool without a tag": () => federated({}),
    "a user of the identity pool who is named *": () => federated({ "aws:PrincipalTag/userId": "*" }),
    reconciler: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-reconciler-job-role")).principal,
    schedule: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-reconciler-schedule-role")).principal,
    rotation: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-rotation-function-role")).principal,
    auditor: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-auditor-role")).principal,
    edgeValueMaker: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-api-origin-maker-role")).principal,
    keyMaker: () => account.sessionFor(arnOf("aws:iam/role:Role", "latchkey-signer-key-maker-role")).principal,
    administrator: () => account.admin.principal,
    "the deploying role": () => ({ ...account.admin.principal, arn: deployRole }),
    "a role named much alike": () => ({ ...account.admin.principal, arn: `${deployRole}-2` }),
    nobody: (): Principal => ({ kind: "anonymous" }),
    "CloudFront for this distribution": () => service("cloudfront.amazonaws.com", distribution()),
    "CloudFront for another distribution": () => service("cloudfront.amazonaws.com", `${distribution()}X`),
    "S3 for this bucket": () => service("s3.amazonaws.com", bucket()),
    "S3 for another bucket": () => service("s3.amazonaws.com", "arn:aws:s3:::somebody-elses"),
    "S3 for a bucket of this name in another account": () => service("s3.amazonaws.com", bucket(), otherAccount),
  };
  type Who = keyof typeof principals;

  function service(name: string, sourceArn: string, accountId = recording.accountId): Principal {
    return { kind: "service", service: name, sourceArn, accountId };
  }

  function federated(sessionContext: ConditionContext): Principal {
    const role = arnOf("aws:iam/role:Role", "latchkey-identity-uploads-role");
    return account.sessionFor(role, { sessionContext }).principal;
  }

  /** The policy of a resource itself, by the service in an action. */
  const resourcePolicies: Readonly<Record<string, [type: string, name?: string]>> = {
    kms: ["aws:kms/keyPolicy:KeyPolicy"],
    s3: ["aws:s3/bucketPolicy:BucketPolicy", "latchkey-cdn-bucket-policy"],
    sns: ["aws:sns/topicPolicy:TopicPolicy", "latchkey-renditions-topic-policy"],
    sqs: ["aws:sqs/queuePolicy:QueuePolicy", "latchkey-renditions-queue-policy"],
  };

  function decide(who: Who, action: string, resource: string, context: ConditionContext): boolean {
    const [service = ""] = action.split(":");
    const declared = resourcePolicies[service];
    const resourcePolicy: PolicyDocument | undefined = declared && json(theOne(recording, ...declared), "policy");
    const resourcePolicyMustAllow = service === "kms";
    const principal = principals[who]();
    return account.authorize({ principal, action, resource, context, resourcePolicy, resourcePolicyMustAllow }).allowed;
  }

  /** What S3 says of a PUT that makes an object once, as the API's URLs do. */
  const once = { "s3:ObjectCreationOperation": "true", "s3:if-none-match": "*" };
  const part = { "s3:ObjectCreationOperation": "false" };
  const plainPut = { "s3:ObjectCreationOperation": "true" };
  const underKms = { ...once, "s3:x-amz-server-side-encryption": "aws:kms" };
  /** What KMS says of a service that asks in its caller's name. */
  const via = (service: string) => ({
    "kms:ViaService": `${service}.us-east-1.amazonaws.com`,
    "kms:CallerAccount": "000000000000",
  });
  const ofTrail = (name = "latchkey-audit-dev") => ({
    "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:us-east-1:000000000000:trail/${name}`,
  });
  const withCode = { "aws:MultiFactorAuthPresent": "true" };
  const forQueue = { "kms:EncryptionContext:aws:sqs:arn": "arn:aws:sqs:us-east-1:000000000000:uploads" };

  type Case = [who: Who, action: string, resource: () => string, context?: ConditionContext];
  const allowed: Case[] = [
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), part],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), { ...once, "s3:signatureAge": "900000" }],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), { ...plainPut, "s3:authType": "POST" }],
    ["api", "s3:AbortMultipartUpload", () => bucket("uploads/olga/1")],
    ["api", "s3:DeleteObject", () => bucket("uploads/olga/1")],
    ["api", "s3:DeleteObject", () => bucket("originals/1")],
    ["an upload session of olga's", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["an upload session of olga's", "s3:PutObject", () => bucket("uploads/olga/1"), part],
    ["an upload session of olga's", "s3:AbortMultipartUpload", () => bucket("uploads/olga/1")],
    ["an upload session of olga's", "s3:ListMultipartUploadParts", () => bucket("uploads/olga/1")],
    ["api", "sts:AssumeRole", () => arnOf("aws:iam/role:Role", "latchkey-api-upload-role")],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("uploads/olga/1"), part],
    ["olga, by the identity pool", "s3:AbortMultipartUpload", () => bucket("uploads/olga/1")],
    ["olga, by the identity pool", "s3:ListMultipartUploadParts", () => bucket("uploads/olga/1")],
    ["reconciler", "s3:DeleteObject", () => bucket("originals/1")],
    ["reconciler", "s3:DeleteObject", () => bucket("uploads/olga/1")],
    ["reconciler", "s3:DeleteObjectVersion", () => bucket("uploads/olga/1")],
    ["reconciler", "s3:AbortMultipartUpload", () => bucket("uploads/olga/1")],
    ["reconciler", "s3:ListBucket", () => bucket()],
    ["reconciler", "s3:ListBucketVersions", () => bucket()],
    ["reconciler", "s3:ListBucketMultipartUploads", () => bucket()],
    ["reconciler", "sqs:SendMessage", () => queue()],
    ["reconciler", "dynamodb:DeleteItem", () => table(), { "dynamodb:LeadingKeys": ["PHOTO#1"] }],
    ["reconciler", "dynamodb:UpdateItem", () => table()],
    ["reconciler", "dynamodb:Query", () => table("/index/gsi4")],
    ["schedule", "lambda:InvokeFunction", () => arnOf("aws:lambda/function:Function", "latchkey-reconciler-job")],
    [
      "an upload session of olga's",
      "s3:PutObject",
      () => bucket("uploads/olga/1"),
      { ...once, "s3:x-amz-storage-class": "STANDARD" },
    ],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), underKms],
    ["api", "kms:GenerateDataKey", key, via("s3")],
    ["api", "kms:Decrypt", key, via("s3")],
    ["api", "kms:Decrypt", key, via("dynamodb")],
    ["api", "kms:Decrypt", key, via("secretsmanager")],
    ["an upload session of olga's", "kms:GenerateDataKey", key, via("s3")],
    ["worker", "kms:Decrypt", key, via("sqs")],
    ["worker", "kms:GenerateDataKey", key, via("sns")],
    ["keyMaker", "kms:GenerateDataKey", key, via("secretsmanager")],
    ["reconciler", "kms:Decrypt", key, via("dynamodb")],
    ["administrator", "kms:PutKeyPolicy", key],
    ["administrator", "kms:Decrypt", key, via("s3")],
    ["CloudFront for this distribution", "kms:Decrypt", key],
    ["S3 for this bucket", "kms:GenerateDataKey", key, forQueue],
    ["api", "dynamodb:GetItem", () => table()],
    ["api", "dynamodb:BatchGetItem", () => table()],
    ["api", "dynamodb:PutItem", () => table()],
    ["api", "dynamodb:UpdateItem", () => table()],
    ["api", "dynamodb:DeleteItem", () => table(), { "dynamodb:LeadingKeys": ["ALBUM#1"] }],
    ["api", "dynamodb:DeleteItem", () => table(), { "dynamodb:LeadingKeys": ["LINK#1"] }],
    ["api", "dynamodb:ConditionCheckItem", () => table()],
    ["api", "dynamodb:Query", () => table()],
    ["api", "dynamodb:Query", () => table("/index/gsi1")],
    ["api", "dynamodb:Query", () => table("/index/gsi2")],
    ["api", "dynamodb:Query", () => table("/index/gsi3")],
    ["api", "secretsmanager:GetSecretValue", () => secret("a")],
    ["api", "secretsmanager:GetSecretValue", () => originSecret()],
    ["edgeValueMaker", "secretsmanager:GetSecretValue", () => originSecret()],
    ["edgeValueMaker", "secretsmanager:PutSecretValue", () => originSecret()],
    ["worker", "s3:GetObject", () => bucket("uploads/olga/1")],
    ["worker", "s3:DeleteObject", () => bucket("uploads/olga/1")],
    ["worker", "s3:DeleteObjectVersion", () => bucket("uploads/olga/1")],
    ["worker", "s3:ListBucket", () => bucket()],
    ["worker", "s3:PutObject", () => bucket("media/1/640.webp"), plainPut],
    ["worker", "s3:PutObject", () => bucket("originals/1"), plainPut],
    ["worker", "s3:DeleteObject", () => bucket("media/1/640.webp")],
    ["worker", "s3:DeleteObject", () => bucket("originals/1")],
    ["worker", "dynamodb:UpdateItem", () => table()],
    ["worker", "dynamodb:DeleteItem", () => table()],
    ["worker", "sqs:ReceiveMessage", () => queue()],
    ["worker", "sqs:DeleteMessage", () => queue()],
    ["worker", "sqs:DeleteMessage", () => removals()],
    ["worker", "sqs:ChangeMessageVisibility", () => queue()],
    ["worker", "sns:Publish", () => topic()],
    ["worker", "cloudfront:CreateInvalidation", () => distribution()],
    ["rotation", "secretsmanager:GetSecretValue", () => secret("a")],
    ["rotation", "secretsmanager:PutSecretValue", () => secret("a")],
    ["rotation", "secretsmanager:DescribeSecret", () => secret("a")],
    ["rotation", "secretsmanager:UpdateSecretVersionStage", () => secret("a")],
    ["rotation", "cloudfront:CreatePublicKey", () => "arn:aws:cloudfront::000000000000:public-key/*"],
    ["rotation", "cloudfront:UpdateKeyGroup", () => "arn:aws:cloudfront::000000000000:key-group/1"],
    ["keyMaker", "secretsmanager:PutSecretValue", () => secret("a")],
    ["keyMaker", "secretsmanager:PutSecretValue", () => secret("b")],
    ["CloudFront for this distribution", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["CloudFront for this distribution", "s3:GetObject", () => bucket("originals/1")],
    ["S3 for this bucket", "sqs:SendMessage", () => queue()],
    ["administrator", "s3:PutObject", () => bucket("media/1/640.webp"), plainPut],
    ["auditor", "s3:GetBucketPolicy", () => bucket()],
    ["auditor", "s3:GetObject", () => logBucket("trail/AWSLogs/1.json.gz")],
    ["auditor", "s3:ListBucket", () => logBucket()],
    ["auditor", "kms:Decrypt", key, { ...via("s3"), ...ofTrail() }],
    ["auditor", "kms:GetKeyPolicy", key],
    ["auditor", "cloudtrail:GetTrailStatus", () => trail()],
    ["auditor", "logs:FilterLogEvents", () => logGroup("latchkey-api-logs-0000000")],
    ["auditor", "logs:FilterLogEvents", () => logGroup("aws-waf-logs-latchkey-edge-0000000")],
    ["auditor", "dynamodb:DescribeTable", () => table()],
    ["auditor", "secretsmanager:DescribeSecret", () => secret("a")],
    ["auditor", "iam:GetRolePolicy", () => role("latchkey-api-role")],
    ["auditor", "lambda:GetPolicy", () => arnOf("aws:lambda/function:Function", "latchkey-api")],
    ["auditor", "sqs:GetQueueAttributes", () => queue()],
    ["auditor", "sns:GetTopicAttributes", () => topic()],
    ["auditor", "cloudwatch:DescribeAlarms", () => "arn:aws:cloudwatch:us-east-1:000000000000:alarm:latchkey-blocked"],
    ["auditor", "config:GetComplianceDetailsByConfigRule", () => configRule],
    ["auditor", "cognito-idp:DescribeUserPool", () => arnOf("aws:cognito/userPool:UserPool")],
    ["auditor", "wafv2:GetWebACL", () => arnOf("aws:wafv2/webAcl:WebAcl")],
    ["auditor", "cloudfront:GetDistribution", () => distribution()],
    ["administrator", "s3:PutBucketPolicy", () => bucket(), withCode],
    ["administrator", "s3:DeleteObjectVersion", () => bucket("originals/1"), withCode],
    ["administrator", "s3:PutBucketNotification", () => bucket()],
    ["the deploying role", "s3:PutBucketPolicy", () => bucket()],
    ["the deploying role", "s3:DeleteObjectVersion", () => bucket("originals/1")],
  ];
  const denied: Case[] = [
    [
      "an upload session of olga's",
      "s3:PutObject",
      () => bucket("uploads/olga/1"),
      { ...once, "s3:x-amz-storage-class": "GLACIER" },
    ],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("uploads/olga/1"), plainPut],
    [
      "olga, by the identity pool",
      "s3:PutObject",
      () => bucket("uploads/olga/1"),
      { ...plainPut, "s3:authType": "POST" },
    ],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("uploads/olga2/1"), once],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("uploads/fred/1"), once],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("uploads/1"), once],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("media/olga/1"), plainPut],
    ["olga, by the identity pool", "s3:PutObject", () => bucket("originals/1"), plainPut],
    ["olga, by the identity pool", "s3:GetObject", () => bucket("uploads/olga/1")],
    ["olga, by the identity pool", "s3:DeleteObject", () => bucket("uploads/olga/1")],
    ["olga, by the identity pool", "s3:ListBucket", () => bucket()],
    ["olga, by the identity pool", "dynamodb:GetItem", () => table()],
    ["olga, by the identity pool", "sts:AssumeRole", () => arnOf("aws:iam/role:Role", "latchkey-api-upload-role")],
    ["a user of the identity pool without a tag", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["a user of the identity pool without a tag", "s3:PutObject", () => bucket("uploads//1"), once],
    ["a user of the identity pool who is named *", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["reconciler", "s3:GetObject", () => bucket("originals/1")],
    ["reconciler", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["reconciler", "s3:GetObject", () => bucket("uploads/olga/1")],
    ["reconciler", "s3:GetObjectVersion", () => bucket("uploads/olga/1")],
    ["reconciler", "s3:PutObject", () => bucket("media/1/640.webp"), plainPut],
    ["reconciler", "s3:DeleteObject", () => bucket("media/1/640.webp")],
    ["reconciler", "s3:DeleteObjectVersion", () => bucket("originals/1")],
    ["reconciler", "s3:DeleteObjectVersion", () => bucket("media/1/640.webp")],
    ["reconciler", "s3:ListBucket", () => `${bucket()}-of-another-stack`],
    ["reconciler", "sqs:SendMessage", () => `${queue()}-of-another-stack`],
    ["reconciler", "sqs:ReceiveMessage", () => queue()],
    ["api", "sqs:SendMessage", () => queue()],
    ["worker", "sqs:SendMessage", () => queue()],
    ["reconciler", "dynamodb:Scan", () => table()],
    ["reconciler", "dynamodb:Query", () => table("/index/gsi3")],
    ["reconciler", "secretsmanager:GetSecretValue", () => secret("a")],
    ["reconciler", "lambda:InvokeFunction", () => arnOf("aws:lambda/function:Function", "latchkey-renditions-worker")],
    ["schedule", "lambda:InvokeFunction", () => arnOf("aws:lambda/function:Function", "latchkey-renditions-worker")],
    ["schedule", "dynamodb:GetItem", () => table()],
    ["an upload session of olga's", "s3:PutObject", () => bucket("uploads/olga/1"), plainPut],
    ["an upload session of olga's", "s3:PutObject", () => bucket("uploads/olga2/1"), once],
    ["an upload session of olga's", "s3:PutObject", () => bucket("uploads/fred/1"), once],
    ["an upload session of olga's", "s3:PutObject", () => bucket("media/1/640.webp"), plainPut],
    ["an upload session of olga's", "s3:PutObject", () => bucket("originals/1"), plainPut],
    ["an upload session of olga's", "s3:GetObject", () => bucket("uploads/olga/1")],
    ["an upload session of olga's", "s3:DeleteObject", () => bucket("uploads/olga/1")],
    ["an upload session of olga's", "s3:ListBucket", () => bucket()],
    ["an upload session of olga's", "dynamodb:GetItem", () => table()],
    ["an upload session of olga's", "sts:AssumeRole", () => arnOf("aws:iam/role:Role", "latchkey-api-role")],
    ["api", "sts:AssumeRole", () => arnOf("aws:iam/role:Role", "latchkey-renditions-worker-role")],
    ["worker", "sts:AssumeRole", () => arnOf("aws:iam/role:Role", "latchkey-api-upload-role")],
    ["api", "s3:PutObject", () => bucket("media/1/640.webp"), once],
    ["api", "s3:PutObject", () => bucket("originals/1"), once],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), plainPut],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), { ...plainPut, "s3:authType": "REST-QUERY-STRING" }],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), { ...plainPut, "s3:authType": "REST-HEADER" }],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), { ...once, "s3:signatureAge": "900001" }],
    ["api", "s3:PutObject", () => bucket("uploads/olga/1"), { ...once, "s3:x-amz-server-side-encryption": "AES256" }],
    [
      "api",
      "s3:PutObject",
      () => bucket("uploads/olga/1"),
      { ...underKms, "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111111111111:key/1" },
    ],
    ["api", "kms:Decrypt", key],
    ["api", "kms:Decrypt", key, via("sqs")],
    ["api", "kms:Encrypt", key, via("s3")],
    ["api", "kms:PutKeyPolicy", key],
    ["worker", "kms:Decrypt", key],
    ["worker", "kms:Decrypt", key, via("secretsmanager")],
    ["keyMaker", "kms:GenerateDataKey", key, via("s3")],
    ["reconciler", "kms:Decrypt", key, via("s3")],
    ["an upload session of olga's", "kms:Decrypt", key, via("dynamodb")],
    ["administrator", "kms:Decrypt", key],
    ["administrator", "kms:Decrypt", key, via("rds")],
    ["CloudFront for another distribution", "kms:Decrypt", key],
    ["CloudFront for this distribution", "kms:GenerateDataKey", key],
    ["S3 for this bucket", "kms:GenerateDataKey", key],
    ["S3 for a bucket of this name in another account", "kms:GenerateDataKey", key, forQueue],
    ["nobody", "kms:Decrypt", key, via("s3")],
    [
      "api",
      "s3:PutObject",
      () => bucket("uploads/olga/1"),
      { ...once, "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" },
    ],
    ["api", "s3:GetObject", () => bucket("uploads/olga/1")],
    ["api", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["api", "s3:GetObject", () => bucket("originals/1")],
    ["api", "s3:ListBucket", () => bucket()],
    ["api", "s3:DeleteObject", () => bucket("media/1/640.webp")],
    ["api", "s3:DeleteObjectVersion", () => bucket("originals/1")],
    ["api", "dynamodb:BatchWriteItem", () => table()],
    ["api", "dynamodb:DeleteItem", () => table(), { "dynamodb:LeadingKeys": ["PHOTO#1"] }],
    ["api", "dynamodb:DeleteItem", () => table(), { "dynamodb:LeadingKeys": ["USER#olga"] }],
    ["api", "dynamodb:Query", () => table("/index/gsi4")],
    ["api", "dynamodb:Scan", () => table()],
    ["api", "dynamodb:Scan", () => table("/index/gsi1")],
    ["api", "dynamodb:DeleteTable", () => table()],
    ["api", "dynamodb:GetItem", () => `${table()}-of-another-stack`],
    ["api", "dynamodb:Query", () => table("/index/other")],
    ["api", "secretsmanager:GetSecretValue", () => secret("b")],
    ["api", "secretsmanager:PutSecretValue", () => secret("a")],
    ["api", "secretsmanager:PutSecretValue", () => originSecret()],
    ["edgeValueMaker", "secretsmanager:GetSecretValue", () => secret("a")],
    ["keyMaker", "secretsmanager:GetSecretValue", () => originSecret()],
    ["worker", "secretsmanager:GetSecretValue", () => originSecret()],
    ["api", "sqs:ReceiveMessage", () => queue()],
    ["api", "sns:Publish", () => topic()],
    ["api", "cloudfront:CreateInvalidation", () => distribution()],
    ["api", "iam:CreateAccessKey", () => "arn:aws:iam::000000000000:user/admin"],
    ["worker", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["worker", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["worker", "s3:GetObject", () => bucket("originals/1")],
    ["worker", "s3:DeleteObjectVersion", () => bucket("originals/1")],
    ["worker", "s3:PutBucketPolicy", () => bucket()],
    ["worker", "dynamodb:Query", () => table("/index/gsi1")],
    ["worker", "secretsmanager:GetSecretValue", () => secret("a")],
    ["worker", "sqs:ReceiveMessage", () => `${queue()}-of-another-stack`],
    ["worker", "sqs:SendMessage", () => queue()],
    ["worker", "cloudfront:CreateInvalidation", () => `${distribution()}X`],
    ["rotation", "secretsmanager:GetSecretValue", () => secret("b")],
    ["rotation", "secretsmanager:DeleteSecret", () => secret("a")],
    ["rotation", "cloudfront:UpdateDistribution", () => distribution()],
    ["rotation", "cloudfront:CreateInvalidation", () => distribution()],
    ["rotation", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["api", "secretsmanager:UpdateSecretVersionStage", () => secret("a")],
    ["api", "cloudfront:UpdateKeyGroup", () => "arn:aws:cloudfront::000000000000:key-group/1"],
    ["keyMaker", "cloudfront:UpdateKeyGroup", () => "arn:aws:cloudfront::000000000000:key-group/1"],
    ["keyMaker", "s3:PutObject", () => bucket("uploads/olga/1"), once],
    ["keyMaker", "secretsmanager:GetSecretValue", () => `${secret("a")}-of-another-stack`],
    ["CloudFront for this distribution", "s3:GetObject", () => bucket("uploads/olga/1")],
    ["CloudFront for this distribution", "s3:PutObject", () => bucket("media/1/640.webp"), plainPut],
    ["CloudFront for this distribution", "s3:ListBucket", () => bucket()],
    ["CloudFront for another distribution", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["S3 for another bucket", "sqs:SendMessage", () => queue()],
    ["S3 for a bucket of this name in another account", "sqs:SendMessage", () => queue()],
    ["nobody", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["administrator", "s3:GetObject", () => bucket("media/1/640.webp"), { "aws:SecureTransport": "false" }],
    ["administrator", "s3:GetObject", () => bucket("media/1/640.webp"), { "s3:TlsVersion": "1.1" }],
    ["administrator", "s3:GetObject", () => bucket("media/1/640.webp"), { "s3:signatureAge": "900001" }],
    ["administrator", "s3:PutObject", () => bucket("uploads/olga/1"), plainPut],
    ["auditor", "s3:PutBucketPolicy", () => bucket(), withCode],
    ["auditor", "s3:GetBucketPolicy", () => `${bucket()}-of-another-stack`],
    ["auditor", "s3:GetObject", () => bucket("originals/1")],
    ["auditor", "s3:GetObject", () => bucket("media/1/640.webp")],
    ["auditor", "s3:ListBucket", () => bucket()],
    ["auditor", "s3:GetObject", () => logBucket("access/1")],
    ["auditor", "s3:DeleteObject", () => logBucket("trail/AWSLogs/1.json.gz")],
    ["auditor", "kms:Decrypt", key, via("s3")],
    ["auditor", "kms:Decrypt", key, { ...via("secretsmanager"), ...ofTrail() }],
    ["auditor", "kms:Decrypt", key, { ...via("s3"), ...ofTrail("another") }],
    ["auditor", "kms:PutKeyPolicy", key],
    ["auditor", "cloudtrail:StopLogging", () => trail()],
    ["auditor", "logs:FilterLogEvents", () => logGroup("payroll")],
    ["auditor", "logs:DeleteLogGroup", () => logGroup("latchkey-api-logs-0000000")],
    ["auditor", "dynamodb:GetItem", () => table()],
    ["auditor", "dynamodb:Query", () => table("/index/gsi1")],
    ["auditor", "dynamodb:DescribeTable", () => `${table()}-of-another-stack`],
    ["auditor", "secretsmanager:GetSecretValue", () => secret("a")],
    ["auditor", "iam:GetRolePolicy", () => "arn:aws:iam::000000000000:role/payroll"],
    ["auditor", "iam:PutRolePolicy", () => role("latchkey-api-role")],
    ["auditor", "sts:AssumeRole", () => role("latchkey-api-upload-role")],
    ["auditor", "lambda:InvokeFunction", () => arnOf("aws:lambda/function:Function", "latchkey-api")],
    ["auditor", "sqs:ReceiveMessage", () => queue()],
    ["auditor", "sns:Publish", () => topic()],
    ["auditor", "cloudwatch:DeleteAlarms", () => "arn:aws:cloudwatch:us-east-1:000000000000:alarm:latchkey-blocked"],
    ["auditor", "config:DeleteConfigRule", () => configRule],
    ["worker", "config:GetComplianceDetailsByConfigRule", () => configRule],
    ["auditor", "cognito-idp:ListUsers", () => arnOf("aws:cognito/userPool:UserPool")],
    ["auditor", "cognito-idp:DescribeIdentityProvider", () => arnOf("aws:cognito/userPool:UserPool")],
    ["auditor", "wafv2:UpdateWebACL", () => arnOf("aws:wafv2/webAcl:WebAcl")],
    ["auditor", "cloudfront:GetDistribution", () => apiDistribution()],
    ["auditor", "cloudfront:ListDistributions", () => "*"],
    ["api", "iam:GetRolePolicy", () => role("latchkey-api-role")],
    ["administrator", "s3:PutBucketPolicy", () => bucket()],
    ["administrator", "s3:PutBucketPolicy", () => bucket(), { "aws:MultiFactorAuthPresent": "false" }],
    ["administrator", "s3:PutBucketVersioning", () => bucket()],
    ["administrator", "s3:PutReplicationConfiguration", () => bucket()],
    ["administrator", "s3:DeleteObjectVersion", () => bucket("originals/1")],
    ["a role named much alike", "s3:PutBucketPolicy", () => bucket()],
    ["a role named much alike", "s3:DeleteObjectVersion", () => bucket("originals/1")],
    ["api", "s3:AbortMultipartUpload", () => bucket("originals/1")],
    ["an upload session of olga's", "s3:AbortMultipartUpload", () => bucket("uploads/fred/1")],
    ["an upload session of olga's", "s3:ListMultipartUploadParts", () => bucket("uploads/fred/1")],
    ["olga, by the identity pool", "s3:AbortMultipartUpload", () => bucket("uploads/fred/1")],
    ["olga, by the identity pool", "s3:ListMultipartUploadParts", () => bucket("uploads/fred/1")],
    ["reconciler", "s3:AbortMultipartUpload", () => `${bucket()}-of-another-stack/uploads/olga/1`],
    ["reconciler", "s3:ListBucketVersions", () => `${bucket()}-of-another-stack`],
    ["reconciler", "s3:ListBucketMultipartUploads", () => `${bucket()}-of-another-stack`],
    ["reconciler", "dynamodb:UpdateItem", () => `${table()}-of-another-stack`],
    ["api", "dynamodb:BatchGetItem", () => `${table()}-of-another-stack`],
    ["api", "dynamodb:PutItem", () => `${table()}-of-another-stack`],
    ["api", "dynamodb:UpdateItem", () => `${table()}-of-another-stack`],
    ["api", "dynamodb:ConditionCheckItem", () => `${table()}-of-another-stack`],
    ["worker", "dynamodb:UpdateItem", () => `${table()}-of-another-stack`],
    ["worker", "dynamodb:DeleteItem", () => `${table()}-of-another-stack`],
    ["worker", "kms:GenerateDataKey", key, via("secretsmanager")],
    ["keyMaker", "s3:DeleteObject", () => bucket("originals/1")],
    ["api", "sqs:DeleteMessage", () => queue()],
    ["reconciler", "sqs:DeleteMessage", () => removals()],
    ["reconciler", "sqs:ChangeMessageVisibility", () => queue()],
    ["rotation", "secretsmanager:DescribeSecret", () => secret("b")],
    ["keyMaker", "cloudfront:CreatePublicKey", () => "arn:aws:cloudfront::000000000000:public-key/*"],
    ["keyMaker", "secretsmanager:PutSecretValue", () => originSecret()],
    ["auditor", "kms:GetKeyPolicy", () => `${key()}-of-another-stack`],
    ["auditor", "cloudtrail:GetTrailStatus", () => `${trail()}-of-another-stack`],
    ["auditor", "secretsmanager:DescribeSecret", () => "arn:aws:secretsmanager:us-east-1:000000000000:secret:payroll"],
    ["auditor", "lambda:GetPolicy", () => "arn:aws:lambda:us-east-1:000000000000:function:payroll"],
    ["auditor", "sqs:GetQueueAttributes", () => "arn:aws:sqs:us-east-1:000000000000:payroll"],
    ["auditor", "sns:GetTopicAttributes", () => "arn:aws:sns:us-east-1:000000000000:payroll"],
    ["auditor", "cloudwatch:DescribeAlarms", () => "arn:aws:cloudwatch:us-east-1:000000000000:alarm:payroll"],
    ["auditor", "cognito-idp:DescribeUserPool", () => `${arnOf("aws:cognito/userPool:UserPool")}2`],
    ["auditor", "wafv2:GetWebACL", () => "arn:aws:wafv2:us-east-1:000000000000:global/webacl/payroll/1"],
    ["administrator", "s3:PutBucketNotification", () => bucket(), { "aws:SecureTransport": "false" }],
    ["administrator", "sns:Publish", () => topic()],
    ["administrator", "sqs:SendMessage", () => queue(), { "aws:SecureTransport": "false" }],
  ];
  const title = ([who, action, resource, context]: Case) => {
    const what = resource.toString().replace(/^\(\) => /, "");
    return `${who}: ${action} on ${what}${context ? ` with ${JSON.stringify(context)}` : ""}`;
  };
  for (const each of allowed) {
    const [who, action, resource, context = {}] = each;
    it(`allows ${title(each)}`, () => expect(decide(who, action, resource(), context)).to.equal(true));
  }
  for (const each of denied) {
    const [who, action, resource, context = {}] = each;
    it(`denies ${title(each)}`, () => expect(decide(who, action, resource(), context)).to.equal(false));
  }

  it("denies beside each case that it allows one that differs in the caller, the resource or the circumstances alone", () => {
    const told = ([who, action, resource, context = {}]: Case) => [who, action, resource(), JSON.stringify(context)];
    const refused = denied.map(told);
    const withoutTwin = allowed.map(told).filter((each) => {
      const differencesFrom = (other: string[]) => each.filter((part, index) => part !== other[index]);
      return !refused.some((other) => other[1] === each[1] && differencesFrom(other).length === 1);
    });
    expect(withoutTwin.map((parts) => parts.join(" "))).to.deep.equal([]);
  });

  const federation = "cognito-identity.amazonaws.com";
  const identityPool = () => theOne(recording, "aws:cognito/identityPool:IdentityPool").id;
  const trustCases: [who: string, aud: () => string, amr: readonly string[], trusted: boolean][] = [
    ["its signed-in users", identityPool, ["authenticated", "cognito-idp"], true],
    ["its guests", identityPool, ["unauthenticated"], false],
    ["another pool's users", () => "us-east-1:another", ["authenticated"], false],
  ];
  for (const [who, aud, amr, trusted] of trustCases) {
    it(`${trusted ? "lets" : "does not let"} ${who} take on the identity pool's role`, () => {
      const role = theOne(recording, "aws:iam/role:Role", "latchkey-identity-uploads-role");
      for (const action of ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]) {
        const { allowed } = account.authorize({
          principal: { kind: "federated", provider: federation, userId: "olga" },
          action,
          resource: String(role.outputs.arn),
          context: { [`${federation}:aud`]: aud(), [`${federation}:amr`]: amr },
          resourcePolicy: json(role, "assumeRolePolicy"),
          resourcePolicyMustAllow: true,
        });
        expect(allowed, action).to.equal(trusted);
      }
    });
  }

  const auditors: [who: string, accountId: string, externalId: string | undefined, trusted: boolean][] = [
    ["the auditor's account with the id that was agreed on", otherAccount, "agreed-on-with-acme", true],
    ["the auditor's account for another customer", otherAccount, "agreed-on-with-zeta", false],
    ["the auditor's account without an id", otherAccount, undefined, false],
    ["another account with the id", "222222222222", "agreed-on-with-acme", false],
  ];
  for (const [who, accountId, externalId, trusted] of auditors) {
    it(`${trusted ? "lets" : "does not let"} ${who} take on the auditor's role`, () => {
      const { outputs, ...auditor } = theOne(recording, "aws:iam/role:Role", "latchkey-auditor-role");
      const { allowed } = account.authorize({
        principal: { kind: "admin", arn: `arn:aws:iam::${accountId}:user/ada`, accountId, userId: "AIDA" },
        action: "sts:AssumeRole",
        resource: String(outputs.arn),
        context: { "sts:ExternalId": externalId },
        resourcePolicy: json({ ...auditor, outputs }, "assumeRolePolicy"),
        resourcePolicyMustAllow: true,
      });
      expect(allowed).to.equal(trusted);
    });
  }

  it("keeps photos, items and secrets from an auditor whom somebody made an administrator", () => {
    const resources = recording.resources.map((resource) => {
      if (resource.type === "aws:iam/policy:Policy") return withStatement(resource, everything);
      return resource.name === "latchkey-auditor-role-policy" ? withStatement(resource, everything) : resource;
    });
    const { authorize } = createAccount({ recording: { ...recording, resources }, dataDir, now: () => new Date() });
    const ask = (action: string, resource: string) =>
      authorize({ principal: principals.auditor(), action, resource, context: {} }).allowed;
    expect(ask("s3:PutBucketPolicy", bucket())).to.equal(true);
    expect(ask("s3:GetObject", bucket("originals/1"))).to.equal(false);
    expect(ask("dynamodb:Scan", table())).to.equal(false);
    expect(ask("dynamodb:Query", table("/index/gsi1"))).to.equal(false);
    expect(ask("secretsmanager:GetSecretValue", secret("a"))).to.equal(false);
    expect(ask("cloudfront:GetDistributionConfig", apiDistribution())).to.equal(false);
  });

  it("caps every role, whatever its own policy says, by one boundary", () => {
    const boundary = arnOf("aws:iam/policy:Policy");
    const roles = resourcesOf(recording, "aws:iam/role:Role");
    expect(roles.map(({ inputs }) => inputs.permissionsBoundary)).to.deep.equal(roles.map(() => boundary));
    expect(roles).to.have.lengthOf(12);
  });

  it("keeps a role from another account's bucket, from IAM and from bare keys even where its own policy would let it", () => {
    const greedy: Recording = {
      ...recording,
      resources: recording.resources.map((resource) =>
        resource.name === "latchkey-api-role-policy" ? withStatement(resource, everything) : resource,
      ),
    };
    const { authorize } = createAccount({ recording: greedy, dataDir, now: () => new Date() });
    const ask = (action: string, resource: string, context: ConditionContext = {}) =>
      authorize({ principal: principals.api(), action, resource, context }).allowed;
    expect(ask("s3:PutObject", bucket("uploads/1"))).to.equal(true);
    expect(ask("s3:PutObject", "arn:aws:s3:::elsewhere/1", { "aws:ResourceAccount": otherAccount })).to.equal(false);
    const key = `arn:aws:kms:${recording.region}:${recording.accountId}:key/1`;
    expect(ask("kms:Decrypt", key, { "kms:ViaService": `sns.${recording.region}.amazonaws.com` })).to.equal(true);
    expect(ask("kms:Decrypt", key)).to.equal(false);
    expect(ask("iam:CreateAccessKey", "*")).to.equal(false);
    expect(ask("dynamodb:DeleteTable", table())).to.equal(false);
    expect(ask("secretsmanager:DeleteSecret", secret("a"))).to.equal(false);
  });
});

import { auditorBoundary } from "./auditor.ts";
import { type PolicyDocument, policyDocument } from "./document.ts";
import { malwareScanBoundary } from "./malware-scan.ts";
import { keyActions } from "./rotate-signing-key.ts";
import { uploadRolePath } from "./upload-role.ts";

export interface PermissionsBoundaryFacts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Whether GuardDuty scans uploads, by a role of the stack. */
  readonly scannedByGuardDuty: boolean;
  /** Whether another account's auditor looks in, by a role of the stack. */
  readonly audited: boolean;
}

/**
 * The most that any role of the stack can ever do, whatever its own policy says: touch data, in this account, in this
 * region. No role can reach IAM, become another than an upload role, change infrastructure, or carry objects to a bucket of another account.
 */
export function permissionsBoundaryPolicy(facts: PermissionsBoundaryFacts): PolicyDocument {
  const { partition, region, accountId, scannedByGuardDuty, audited } = facts;
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return policyDocument(
    {
      Sid: "Objects",
      Effect: "Allow",
      Action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionTagging",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ],
      Resource: `arn:${partition}:s3:::*`,
      // A bucket's ARN does not say whose it is.
      Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
    },
    {
      Sid: "Items",
      Effect: "Allow",
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      Resource: regional("dynamodb", "table/*"),
    },
    {
      Sid: "Messages",
      Effect: "Allow",
      Action: [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
      ],
      Resource: regional("sqs", "*"),
    },
    {
      Sid: "UploadSessions",
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Resource: `arn:${partition}:iam::${accountId}:role${uploadRolePath}*`,
    },
    { Sid: "Runs", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: regional("lambda", "function:*") },
    { Sid: "Notices", Effect: "Allow", Action: "sns:Publish", Resource: regional("sns", "*") },
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: regional("secretsmanager", "secret:*"),
    },
    {
      Sid: "KeysThroughServices",
      Effect: "Allow",
      // Services use a key in the name of whoever calls them.
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: regional("kms", "key/*"),
      Condition: { StringLike: { "kms:ViaService": `*.${region}.amazonaws.com` } },
    },
    // Neither public keys nor key groups are resources to IAM.
    { Sid: "SigningKeys", Effect: "Allow", Action: keyActions, Resource: "*" },
    {
      Sid: "Invalidations",
      Effect: "Allow",
      Action: "cloudfront:CreateInvalidation",
      // CloudFront is global: its ARNs have no region.
      Resource: `arn:${partition}:cloudfront::${accountId}:distribution/*`,
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: regional("logs", "log-group:*"),
    },
    {
      Sid: "Traces",
      Effect: "Allow",
      Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
      Resource: "*",
    },
    ...(scannedByGuardDuty ? malwareScanBoundary(facts) : []),
    ...(audited ? [auditorBoundary(facts)] : []),
  );
}

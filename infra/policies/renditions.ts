import { denyWithoutTls, type PolicyDocument, policyDocument, type Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";

export interface RenditionsFacts {
  readonly bucketArn: string;
  readonly tableArn: string;
  readonly queueArns: readonly string[];
  readonly topicArn: string;
  readonly distributionArn: string;
  /** Whether a malware scanner tags uploads. */
  readonly scanned: boolean;
  readonly key: KeyFacts;
}

/** What the worker may do: empty the quarantine, publish what it made, and take away what was deleted. */
export function renditionsStatements(facts: RenditionsFacts): Statement[] {
  const { bucketArn, tableArn, queueArns, topicArn, distributionArn, key, scanned } = facts;
  const readScan: Statement = {
    Sid: "ReadScanResults",
    Effect: "Allow",
    Action: "s3:GetObjectVersionTagging",
    Resource: `${bucketArn}/uploads/*`,
  };
  return [
    {
      Sid: "TakeFromQuarantine",
      Effect: "Allow",
      // By version, so that what was turned away is gone and not just hidden.
      Action: ["s3:GetObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
      Resource: `${bucketArn}/uploads/*`,
    },
    ...(scanned ? [readScan] : []),
    {
      Sid: "SeeWhatIsGone",
      Effect: "Allow",
      // Without it S3 answers 403 for a missing object, and a deleted upload would look like a lost permission.
      Action: "s3:ListBucket",
      Resource: bucketArn,
    },
    {
      Sid: "PublishMedia",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: [`${bucketArn}/media/*`, `${bucketArn}/originals/*`],
    },
    {
      Sid: "UpdatePhotos",
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      Resource: tableArn,
    },
    {
      Sid: "TakeFromQueue",
      Effect: "Allow",
      Action: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        // A message that failed comes back when it is told to, not when the slowest upload would have been done.
        "sqs:ChangeMessageVisibility",
      ],
      Resource: [...queueArns],
    },
    { Sid: "TellOthers", Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
    { Sid: "ClearEdges", Effect: "Allow", Action: "cloudfront:CreateInvalidation", Resource: distributionArn },
    keyUse(key, "dynamodb", "s3", "sns", "sqs"),
  ];
}

/** Keeps everybody but the worker from announcing photos; that the worker may is said by its own policy. */
export function renditionsTopicPolicy({ topicArn, roleArn }: { topicArn: string; roleArn: string }): PolicyDocument {
  return policyDocument(
    {
      Sid: "DenyOthersToPublish",
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: topicArn,
      // A condition, not a Principal: SNS refuses to name a role that IAM made only a moment ago.
      Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn } },
    },
    // SNS takes no wildcard action in a topic's policy.
    denyWithoutTls("sns:Publish", topicArn),
  );
}

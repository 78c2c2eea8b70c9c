import { denyWithoutTls, type PolicyDocument, policyDocument } from "./document.ts";

export interface LogBucketFacts {
  readonly logBucketArn: string;
  readonly mediaBucketArn: string;
  readonly trailArn: string;
  readonly accountId: string;
}

/** Lets S3 log who asked the media bucket for what, and one trail say who did what in the account. */
export function logBucketPolicy({ logBucketArn, mediaBucketArn, trailArn, accountId }: LogBucketFacts): PolicyDocument {
  return policyDocument(
    {
      Sid: "AllowAccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${logBucketArn}/access/*`,
      Condition: { ArnEquals: { "aws:SourceArn": mediaBucketArn }, StringEquals: { "aws:SourceAccount": accountId } },
    },
    {
      Sid: "AllowTrailToLook",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:GetBucketAcl",
      Resource: logBucketArn,
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "AllowTrailToWrite",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${logBucketArn}/trail/AWSLogs/${accountId}/*`,
      Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
    denyWithoutTls("s3:*", [logBucketArn, `${logBucketArn}/*`]),
  );
}

/** What the trail may do beside the bucket: write its log group, which alarms can be made of. */
export function trailLogPolicy(logGroupArn: string): PolicyDocument {
  return policyDocument({
    Sid: "WriteTrail",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${logGroupArn}:*`,
  });
}

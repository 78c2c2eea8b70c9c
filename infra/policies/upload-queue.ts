import { denyWithoutTls, type PolicyDocument, policyDocument } from "./document.ts";

/** Lets S3 announce what happens in one bucket of this account. */
export function uploadQueuePolicy(facts: { queueArn: string; bucketArn: string; accountId: string }): PolicyDocument {
  const { queueArn, bucketArn, accountId } = facts;
  return policyDocument(
    {
      Sid: "AllowBucketToSend",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      // A bucket's name can pass to another account after deletion, and its ARN does not show that.
      Condition: { ArnEquals: { "aws:SourceArn": bucketArn }, StringEquals: { "aws:SourceAccount": accountId } },
    },
    denyWithoutTls("sqs:*", queueArn),
  );
}

import { denyWithoutTls, type PolicyDocument, policyDocument } from "./document.ts";

export interface AlarmTopicFacts {
  readonly topicArn: string;
  readonly accountId: string;
}

/** Lets the alarms of this account tell those who look after the stack. */
export function alarmTopicPolicy({ topicArn, accountId }: AlarmTopicFacts): PolicyDocument {
  return policyDocument(
    {
      Sid: "AllowAlarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    denyWithoutTls("sns:Publish", topicArn),
  );
}

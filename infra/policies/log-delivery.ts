import { type PolicyDocument, policyDocument } from "./document.ts";

/** Lets AWS's log delivery, acting for this account, write a log: a web ACL's, a distribution's. */
export function logDeliveryPolicy(facts: { logGroupArn: string; accountId: string }): PolicyDocument {
  return policyDocument({
    Sid: "AllowLogDelivery",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${facts.logGroupArn}:*`,
    Condition: { StringEquals: { "aws:SourceAccount": facts.accountId } },
  });
}

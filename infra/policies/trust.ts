import { type PolicyDocument, policyDocument } from "./document.ts";

/** Lets another role of the account, and nobody else, take on a role. */
export function trustRole(roleArn: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowRole",
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: "sts:AssumeRole",
  });
}

/** Lets an AWS service, and nobody else, take on a role. */
export function trustService(service: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowService",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  });
}

import { type PolicyDocument, policyDocument } from "./document.ts";

/** Lets an AWS service, and nobody else, take on a role. */
export function trustService(service: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowService",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  });
}
